"""An ACE-Step model of nearly no size, with random weights, in a folder as diffusers keeps models. Nothing is fetched to make it.

What it plays is noise, but by the real pipeline, loaded by the real code. Its tokenizer knows few words: all others are one token.
"""

import os
from pathlib import Path

WIDTH = 32
HEADS = {"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8}
LATENT = 8


def write_tiny_model(folder: Path, seed: int = 0, turbo: bool = True) -> Path:
    """Makes the model and saves it into `folder`, which it returns. Needs torch, transformers and diffusers."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    import torch
    from diffusers import AceStepPipeline, AutoencoderOobleck, FlowMatchEulerDiscreteScheduler
    from diffusers.models.transformers.ace_step_transformer import AceStepTransformer1DModel
    from diffusers.pipelines.ace_step import AceStepConditionEncoder
    from transformers import Qwen3Config, Qwen3Model

    torch.manual_seed(seed)
    body = {"hidden_size": WIDTH, "intermediate_size": 2 * WIDTH, **HEADS}
    pipeline = AceStepPipeline(
        transformer=AceStepTransformer1DModel(
            **body,
            num_hidden_layers=2,
            in_channels=3 * LATENT,
            audio_acoustic_hidden_dim=LATENT,
            patch_size=2,
            rope_theta=10_000.0,
            sliding_window=16,
            is_turbo=turbo,
        ),
        text_encoder=Qwen3Model(Qwen3Config(**body, num_hidden_layers=2, vocab_size=64, max_position_embeddings=512)),
        condition_encoder=AceStepConditionEncoder(
            **body,
            text_hidden_dim=WIDTH,
            timbre_hidden_dim=LATENT,
            num_lyric_encoder_hidden_layers=2,
            num_timbre_encoder_hidden_layers=2,
            rope_theta=10_000.0,
            sliding_window=16,
        ),
        vae=AutoencoderOobleck(
            encoder_hidden_size=6,
            downsampling_ratios=[2, 4, 4, 6, 10],
            decoder_channels=3,
            decoder_input_channels=LATENT,
            audio_channels=2,
            channel_multiples=[1, 2, 2, 2, 2],
            sampling_rate=48_000,
        ),
        tokenizer=_tokenizer(),
        scheduler=FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0),
    )
    pipeline.save_pretrained(folder)
    return folder


def _tokenizer() -> object:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    known = ("<pad>", "<unk>", "bpm", "keyscale", "duration", "minor", "major", "174")
    words = {word: number for number, word in enumerate(known)}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", unk_token="<unk>")
