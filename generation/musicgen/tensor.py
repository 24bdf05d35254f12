"""Torch's names for those who only hand tensors on: a station without torch can still import every module here."""

from typing import Any, TypeAlias

Tensor: TypeAlias = Any
"""A torch.Tensor; its shape and kind stand where it is named."""
Dtype: TypeAlias = Any
Device: TypeAlias = Any
Module: TypeAlias = Any
