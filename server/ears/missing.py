"""What an ear says when it cannot be had."""


class EarMissing(Exception):
    """The library or the weights of this ear are not there"""
