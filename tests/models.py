"""The libraries of the music models, as tests ask for them, and tiny models with random weights, made offline.

Where the libraries are missing a test is skipped and says what to install; where the house's checks run they must be there.
"""

import importlib.util
import os
from pathlib import Path
from typing import Any

import pytest

INSTALL = "pip install -r requirements/models.txt"
RATE = 32_000
"""Of the sound that the tiny MusicGen makes."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789#&'-., "


def models(*libraries: str) -> None:
    """Call it at the top of a test file, or in a test. Without names: torch, transformers and diffusers."""
    wanted = libraries or ("torch", "transformers", "diffusers")
    missing = [name for name in wanted if importlib.util.find_spec(name) is None]
    if missing:
        reason = f"{', '.join(missing)} not installed: {INSTALL}"
        if os.environ.get("CI") or os.environ.get("SONICFORGE_CI"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason, allow_module_level=True)
    if "torch" in wanted:
        import torch

        torch.set_num_threads(1)


def tiny_musicgen(
    folder: Path, channels: int = 1, melody: bool = False, seed: int = 0, width: int = 64, layers: int = 3, filters: int = 4
) -> Path:
    """A MusicGen of some 100,000 random weights with its tokenizer, saved into the folder as the real ones are."""
    import torch
    from transformers import EncodecConfig, T5Config

    torch.manual_seed(seed)
    text = T5Config(
        vocab_size=len(_LETTERS) + 3, d_model=48, d_kv=12, d_ff=96, num_layers=2, num_heads=4, is_encoder_decoder=False, use_cache=False
    )
    codec = EncodecConfig(
        sampling_rate=RATE,
        audio_channels=1,
        num_filters=filters,
        upsampling_ratios=[8, 5, 4, 4],
        codebook_size=2048,
        codebook_dim=32,
        hidden_size=32,
        target_bandwidths=[2.2],
        normalize=False,
        use_causal_conv=False,
        num_lstm_layers=1,
    )
    model = _model(text, codec, channels, melody, width, layers)
    told = model.generation_config
    told.decoder_start_token_id = told.pad_token_id = told.bos_token_id = 2048
    told.eos_token_id = None
    told.do_sample, told.guidance_scale, told.max_length = True, 3.0, 1500
    with torch.no_grad():
        for weights in model.decoder.parameters():
            if weights.dim() == 2:
                weights.mul_(4.0)  # as they are made, the words hardly matter
            else:
                weights.add_(0.1 * torch.randn_like(weights))
        for layer in model.audio_encoder.quantizer.layers:
            layer.codebook.embed.normal_(0.0, 3.0)  # empty, they would all sound alike
        for name, weights in model.audio_encoder.decoder.named_parameters():
            if name.endswith("bias"):
                weights.zero_()
    model.eval().save_pretrained(folder)
    _tokenizer().save_pretrained(folder)
    return folder


def _model(text: Any, codec: Any, channels: int, melody: bool, width: int, layers: int) -> Any:
    import transformers as t

    sizes = {
        "vocab_size": 2048,
        "hidden_size": width,
        "num_hidden_layers": layers,
        "num_attention_heads": 4,
        "ffn_dim": 2 * width,
        "num_codebooks": 4 * channels,
        "audio_channels": channels,
    }
    if melody:
        decoder = t.MusicgenMelodyDecoderConfig(**sizes)
        config = t.MusicgenMelodyConfig(text_encoder=text, audio_encoder=codec, decoder=decoder, chroma_length=20)
        return t.MusicgenMelodyForConditionalGeneration(config)
    decoder = t.MusicgenDecoderConfig(**sizes)
    return t.MusicgenForConditionalGeneration(t.MusicgenConfig(text_encoder=text, audio_encoder=codec, decoder=decoder))


def _tokenizer() -> Any:
    """One token a letter, and the end of the text: as T5's do, each text ends with it."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Split
    from tokenizers.processors import TemplateProcessing
    from transformers import PreTrainedTokenizerFast

    words = {"<pad>": 0, "</s>": 1, "<unk>": 2, **{letter: number + 3 for number, letter in enumerate(_LETTERS)}}
    tokenizer = Tokenizer(WordLevel(words, unk_token="<unk>"))
    tokenizer.pre_tokenizer = Split("", "isolated")
    tokenizer.post_processor = TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    names = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_input_names=["input_ids", "attention_mask"], **names)
