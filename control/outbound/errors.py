"""What may come of a call out of the house. Neither says which number a name stands for: that would map the inside for strangers."""

from control.errors import Refusal


class OutboundRefused(Refusal):
    """This address may not be called from here"""

    status = 422
    code = "outbound-refused"


class OutboundFailed(Refusal):
    """The other server did not answer as it should"""

    status = 502
    code = "outbound-failed"
