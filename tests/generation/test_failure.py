import pytest

from generation.errors import BackendAway, GenerationFailed, TakesRefused
from generation.failure import Failure, failure_of


class OutOfMemoryError(RuntimeError):
    """Called like torch's."""


def wrapped(cause: Exception) -> GenerationFailed:
    try:
        raise BackendAway("the model failed") from cause
    except BackendAway as error:
        return error


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (MemoryError(), Failure.MEMORY),
        (OutOfMemoryError("CUDA"), Failure.MEMORY),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), Failure.MEMORY),
        (wrapped(MemoryError()), Failure.MEMORY),
        (wrapped(KeyError("x")), Failure.AWAY),
        (TimeoutError(), Failure.TIME),
        (TakesRefused("silence"), Failure.REFUSED),
        (BackendAway("no weights"), Failure.AWAY),
        (GenerationFailed("no idea"), Failure.FAILED),
        (OSError("no space left on device"), Failure.DISK),
        (KeyError("x"), Failure.BROKEN),
    ],
)
def test_an_error_is_one_kind_of_failure(error: Exception, failure: Failure) -> None:
    assert failure_of(error) is failure
