"""Ears beside those of `dsp`: libraries and models that may be there, each behind one file that imports it late."""
