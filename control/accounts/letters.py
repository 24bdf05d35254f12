"""What people are written. The code stands behind the # of a link, so no server on the way ever logs it."""

from typing import Final

from control.mail.letter import Letter

NOT_YOU: Final = "If that was not you, you need do nothing: without this link nothing happens."


class Letters:
    """Letters with links to the account page below `base` (`https://radio.example`)."""

    def __init__(self, base: str) -> None:
        self._base = base.rstrip("/")

    def link(self, purpose: str, code: str) -> str:
        return f"{self._base}/account#{purpose}={code}"

    def verify(self, to: str, code: str) -> Letter:
        link = self.link("verify", code)
        text = f"Somebody registered with this address. To prove that it is yours, open\n\n{link}\n\nwithin a day. {NOT_YOU}\n"
        return Letter(to, "Confirm your address", text, link)

    def known_already(self, to: str) -> Letter:
        text = (
            "Somebody registered with this address, but it has an account here already.\n"
            f"Log in, or ask for a new password, at\n\n{self._base}/account\n\nIf that was not you, you need do nothing.\n"
        )
        return Letter(to, "You have an account", text)

    def change_address(self, to: str, code: str) -> Letter:
        link = self.link("verify", code)
        text = f"To use this address for your account from now on, open\n\n{link}\n\nwithin a day. {NOT_YOU}\n"
        return Letter(to, "Confirm your new address", text, link)

    def address_will_change(self, to: str) -> Letter:
        text = (
            "Somebody who is logged in to your account asked to use another address for it.\nIf that was not you, change your password.\n"
        )
        return Letter(to, "Your address is to be changed", text)

    def reset(self, to: str, code: str) -> Letter:
        link = self.link("reset", code)
        text = f"To choose a new password, open\n\n{link}\n\nwithin an hour. {NOT_YOU}\n"
        return Letter(to, "Choose a new password", text, link)

    def password_changed(self, to: str) -> Letter:
        text = (
            "The password of your account was changed, and all other devices were logged out.\n"
            f"If that was not you, ask for a new one at once, at\n\n{self._base}/account\n"
        )
        return Letter(to, "Your password was changed", text)
