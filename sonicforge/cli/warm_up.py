"""`sonicforge warm-up`."""

import time

from dsp.warm_up import warm_up


def run() -> None:
    """Compiles every kernel into the cache beside its source."""
    began = time.monotonic()
    names = warm_up()
    print(f"      {len(names)} kernels ready after {time.monotonic() - began:.0f} s")
