"""What only this slice refuses."""

from control.errors import Conflict, Forbidden, NotFound


class SecondFactorNeeded(Forbidden):
    """The password is right; send a code of the second factor too"""

    code = "second-factor-needed"


class WrongCode(Forbidden):
    """The code is wrong, too old, or was used already"""

    code = "wrong-code"


class WrongPassword(Forbidden):
    """The password is wrong"""

    code = "wrong-password"


class RefreshedAlready(Conflict):
    """This token was exchanged a moment ago; use the newer one"""

    code = "refreshed-already"


class LinkSpent(NotFound):
    """This link was used already, or it is too old"""

    code = "link-spent"
