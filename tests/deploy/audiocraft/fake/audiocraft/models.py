"""MusicGen without weights: a tone whose pitch is the seed's."""

import os
import time

import numpy as np
import torch

FAULT = os.environ.get("AUDIOCRAFT_FAULT", "")
RATE = 32_000


class Tensor:
    def __init__(self, array):
        self._array = array

    def detach(self):
        return self

    cpu = float = detach

    def numpy(self):
        return self._array


class MusicGen:
    sample_rate = RATE
    frame_rate = 50

    @classmethod
    def get_pretrained(cls, name):
        if FAULT == "missing":
            raise OSError(f"{name} is not a local folder and is not a valid model identifier")
        return cls()

    def set_generation_params(self, duration):
        self.seconds = duration

    def set_custom_progress_callback(self, callback):
        self.callback = callback

    def generate(self, descriptions, progress=False):
        tell = self.callback if progress else lambda _done, _of: None
        for step in range(1, 11):
            if FAULT == "dies" and step == 5:
                os._exit(9)
            if FAULT == "memory" and step == 5:
                raise RuntimeError("CUDA out of memory. Tried to allocate 9 GiB")
            while FAULT == "hangs" and step == 5:
                tell(step * self.seconds * 5, 1_500)
                time.sleep(0.01)
            tell(step * self.seconds * 5, 1_500)
        seconds = self.seconds / 2 if FAULT == "short" else self.seconds
        time_ = np.arange(round(seconds * RATE)) / RATE
        tone = (0.1 * np.sin(2 * np.pi * (200.0 + torch.seeds[-1] % 100) * time_)).astype(np.float32)
        if FAULT == "nan":
            tone[1_000] = np.nan
        return [Tensor(np.stack([tone, tone])) for _ in descriptions]
