"""Features made comparable over a library."""

import numpy as np

from control.likeness.whitening import fit


def test_every_number_counts_alike_and_what_all_share_counts_for_nothing() -> None:
    random = np.random.default_rng(0)
    features = (random.standard_normal((500, 3)) * [1000.0, 1.0, 0.001] + [5000.0, 0.0, 1.0]).astype(np.float32)
    white = fit("m", features)
    vectors = white.applied(features)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert np.abs(vectors.mean(axis=0)).max() < 0.1
    assert vectors[:, 0].std() / vectors[:, 1].std() < 1.1


def test_rounding_of_copies_is_no_difference() -> None:
    random = np.random.default_rng(0)
    one = random.standard_normal(66).astype(np.float32) * 10
    white = fit("m", np.stack([one, one * np.float32(1.0001)]))
    assert np.linalg.norm(white.applied(one) - white.applied(one * np.float32(1.0001))) < 2.0
    assert np.isfinite(white.applied(one)).all()
    assert np.isfinite(fit("m", one[None, :]).applied(one)).all()


def test_a_library_outgrows_its_fit() -> None:
    white = fit("m", np.ones((100, 2), np.float32))
    assert not white.is_outgrown_by(105)
    assert white.is_outgrown_by(111)
    assert white.is_outgrown_by(80)
