from hypothesis import given
from hypothesis import strategies as st

from control.apikeys.presented import Presented, new_secret, read_key

PEPPER = bytes(32)


def test_a_key_reads_back() -> None:
    key = new_secret()
    assert read_key(key.text) == key
    assert key.proves(key.digest(PEPPER), PEPPER)


def test_it_proves_itself_alone() -> None:
    key, other = new_secret(), new_secret()
    assert not other.proves(key.digest(PEPPER), PEPPER)
    assert not key.proves(key.digest(PEPPER), b"another pepper")
    assert not Presented(other.prefix, key.secret).proves(key.digest(PEPPER), PEPPER)


def test_a_repr_shows_no_secret() -> None:
    key = new_secret()
    assert key.secret not in repr(key)
    assert key.prefix in repr(key)


def test_a_hundred_differ_in_prefix_and_secret() -> None:
    keys = [new_secret() for _ in range(100)]
    assert len({key.prefix for key in keys}) == len({key.secret for key in keys}) == 100


@given(st.text(max_size=200))
def test_anything_else_is_no_key(text: str) -> None:
    assert read_key(text) is None


def test_nearly_a_key_is_no_key() -> None:
    text = new_secret().text
    assert all(read_key(wrong) is None for wrong in (text + "\n", text[:-1], text + "x", text.replace("sf_", "SF_"), f" {text}", text[3:]))
