"""Loaded by schemathesis (SCHEMATHESIS_HOOKS): how it sends what WebRTC speaks, which is text."""

import schemathesis


@schemathesis.serializer("application/sdp", "application/trickle-ice-sdpfrag")
def as_text(_: schemathesis.SerializationContext, value: object) -> bytes:
    return str(value).encode(errors="surrogatepass")
