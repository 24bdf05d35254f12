"""The decoder's weights as the engine wants them: queries, keys and values as one matrix, the norms folded into what follows them.

A norm multiplies by a weight and adds a bias before a matrix that is linear, so both belong into the matrix: then the norm has nothing left
to read, and a kernel can do it on the side. All heads are one matrix as well.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from generation.musicgen.shape import Shape
from generation.musicgen.tensor import Device, Dtype, Module, Tensor

_LONGEST_WAVE: Final = 10_000.0


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """A matrix: y = x W' (+ bias)."""

    weight: Tensor
    """[outputs, inputs], of the engine's dtype; or int8, and then each row is to be multiplied by its scale."""
    scale: Tensor | None = None
    """float32 [outputs]."""
    bias: Tensor | None = None
    """[outputs], of the engine's dtype: what is left of a folded norm."""
    sums: Tensor | None = None
    """float32 [outputs], the sum of each row as it is used: by it a kernel takes the mean out afterwards."""

    def full(self, dtype: Dtype) -> Tensor:
        """The matrix as it is used, [outputs, inputs]."""
        return self.weight.to(dtype) if self.scale is None else (self.weight.float() * self.scale[:, None]).to(dtype)


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One layer's. A norm stands before `own`, `ask` and `up`, and is folded into them."""

    own: Projection
    """Queries, keys and values of the sound itself, [3 width, width]."""
    own_out: Projection
    ask: Projection | None
    """Queries to the text; None in a model that does not look at it."""
    told: Projection | None
    """Keys and values of the text, [2 width, width]."""
    told_out: Projection | None
    up: Projection
    down: Projection


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """All that the engine needs of a model."""

    shape: Shape
    table: Tensor
    """Of all codebooks, one after the other: [codebooks * (vocabulary + 1), width]."""
    layers: tuple[Layer, ...]
    heads: Projection
    """[codebooks * vocabulary, width]."""
    dtype: Dtype
    device: Device
    epsilon: float = 1e-5
    """Of all norms."""


def weights_of(decoder: Module, dtype: Dtype, device: Device, int8: bool = False) -> Weights:
    """Takes them from the `decoder` of a model of transformers: of MusicGen or of MusicGen Melody."""
    import torch

    config, inside = decoder.config, decoder.model.decoder
    reads_text = hasattr(inside.layers[0], "encoder_attn")
    shape = Shape(
        config.num_hidden_layers,
        config.hidden_size,
        config.num_attention_heads,
        config.ffn_dim,
        config.num_codebooks,
        config.audio_channels,
        config.vocab_size,
        reads_text,
    )

    def project(norm: Module | None, *parts: Module) -> Projection:
        return _project(norm, torch.cat([part.weight.detach() for part in parts]), dtype, device, int8)

    layers = []
    for one in inside.layers:
        sound = one.self_attn
        text = one.encoder_attn if reads_text else None
        layers.append(
            Layer(
                project(one.self_attn_layer_norm, sound.q_proj, sound.k_proj, sound.v_proj),
                project(None, sound.out_proj),
                project(one.encoder_attn_layer_norm, text.q_proj) if text else None,
                project(None, text.k_proj, text.v_proj) if text else None,
                project(None, text.out_proj) if text else None,
                project(one.final_layer_norm, one.fc1),
                project(None, one.fc2),
            )
        )
    table = torch.cat([book.weight.detach() for book in inside.embed_tokens]).to(device, dtype)
    heads = project(inside.layer_norm, *decoder.lm_heads)
    return Weights(shape, table, tuple(layers), heads, dtype, device, inside.layer_norm.eps)


def random_weights(shape: Shape, dtype: Dtype, device: Device, int8: bool = False) -> Weights:
    """Noise of a model's size, made on the device: how long a step takes does not depend on what the weights are."""
    import torch

    def project(outputs: int, inputs: int) -> Projection:
        return _project(None, torch.empty(outputs, inputs, dtype=dtype, device=device).normal_(0.0, 0.02), dtype, device, int8, True)

    wide, inner = shape.width, shape.inner
    layers = tuple(
        Layer(
            project(3 * wide, wide),
            project(wide, wide),
            project(wide, wide) if shape.reads_text else None,
            project(2 * wide, wide) if shape.reads_text else None,
            project(wide, wide) if shape.reads_text else None,
            project(inner, wide),
            project(wide, inner),
        )
        for _ in range(shape.layers)
    )
    table = torch.empty(shape.codebooks * (shape.vocabulary + 1), wide, dtype=dtype, device=device).normal_(0.0, 0.02)
    return Weights(shape, table, layers, project(shape.codebooks * shape.vocabulary, wide), dtype, device)


def places(count: int, width: int, dtype: Dtype, device: Device) -> Tensor:
    """What is added to the embeddings so that the model knows where it is: sines and cosines, [count, width].

    As the models were trained (transformers' MusicgenSinusoidalPositionalEmbedding): cosines first.
    """
    import torch

    half = width // 2
    waves = torch.exp(torch.arange(half, dtype=torch.int64).float() * -(math.log(_LONGEST_WAVE) / (half - 1)))
    angles = torch.arange(count, dtype=torch.int64).float()[:, None] * waves
    return torch.nn.functional.pad(torch.cat([torch.cos(angles), torch.sin(angles)], dim=1), (0, width % 2)).to(device, dtype)


def offsets(shape: Shape, device: Device) -> Tensor:
    """Where each codebook begins in the table, int64 [codebooks]."""
    import torch

    return torch.arange(shape.codebooks, device=device) * (shape.vocabulary + 1)


def tensor_of(numbers: Sequence[int], device: Device) -> Tensor:
    """int64, on the device."""
    import torch

    return torch.tensor(numbers, dtype=torch.int64, device=device)


def _project(norm: Module | None, weight: Tensor, dtype: Dtype, device: Device, int8: bool, normed: bool = False) -> Projection:
    bias = None
    if norm is not None:
        exact = weight.float()
        bias = (exact @ norm.bias.detach().float()).to(device, dtype)
        weight = exact * norm.weight.detach().float()
    if int8:
        scale = weight.float().abs().amax(dim=1).clamp_min(1e-12) / 127.0
        whole = (weight.float() / scale[:, None]).round().char().to(device)
        kept = Projection(whole, scale.to(device), bias)
    else:
        kept = Projection(weight.to(device, dtype), None, bias)
    if norm is None and not normed:
        return kept
    summed = kept.weight.float().sum(dim=1)
    return Projection(kept.weight, kept.scale, kept.bias, summed if kept.scale is None else summed * kept.scale)
