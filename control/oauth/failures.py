"""What can go wrong between us and a provider. The person is told in few words; the operator finds the reason in the log."""

from control.errors import Unavailable


class ProviderFailed(Unavailable):
    """The other house did not answer as it should; try again, or log in otherwise"""

    code = "provider-failed"
