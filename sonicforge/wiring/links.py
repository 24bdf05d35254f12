"""What the configuration says of the house's surroundings, in the words of those who reach them."""

from control.identity.gatehouse import SecurityPolicy
from control.identity.rate_limits import HouseRates, Rate
from control.kv.opening import KvLink
from control.mail.sender import LogSender, MailLink, Sender, SmtpSender
from control.oauth.foyer import set_up
from control.oauth.provider import Provider
from sonicforge.config import Settings


def kv_link(settings: Settings) -> KvLink:
    """[redis]."""
    redis = settings.redis
    return KvLink(
        mode=redis.mode,
        url=redis.url.get_secret_value(),
        sentinels=redis.sentinels,
        service=redis.service,
        username=redis.username,
        password=redis.password.get_secret_value(),
        prefix=redis.prefix,
        connections=redis.connections,
        near_entries=redis.near_entries,
        near_seconds=redis.near_seconds,
        answer_seconds=redis.answer_seconds,
    )


def house_rates(settings: Settings) -> HouseRates:
    """The limits of [security]."""
    security = settings.security
    return HouseRates(
        all_together=Rate(10 * security.requests_per_second, 10),
        by_address=Rate(security.requests_per_minute_per_address, 60),
        by_account=Rate(security.requests_per_minute_per_account, 60),
        wrong_credentials=Rate(security.wrong_credentials_per_minute, 60),
    )


def security_policy(settings: Settings) -> SecurityPolicy:
    """[security]."""
    security = settings.security
    own = [settings.server.public_url.rstrip("/")] if settings.server.public_url else []  # a proxy may have rewritten Host
    return SecurityPolicy(
        trusted_proxies=security.trusted_proxies,
        origins=(*security.origins, *own),
        hsts_seconds=security.hsts_seconds,
        machine_reads=security.machine_reads,
        shared_limits=security.shared_limits,
        rates=house_rates(settings),
    )


def oauth_providers(settings: Settings) -> list[Provider]:
    """[oauth]: those that have both an id and a secret."""
    told = settings.oauth
    names = ("google", "github", "spotify")
    return set_up({name: (getattr(told, f"{name}_client_id"), getattr(told, f"{name}_client_secret").get_secret_value()) for name in names})


def sender(settings: Settings) -> Sender:
    """[mail]: the operator's server; without one the links are laid open in the log."""
    mail = settings.mail
    if not mail.host:
        return LogSender()
    link = MailLink(mail.host, mail.sender, mail.port, mail.encryption, mail.user, mail.password.get_secret_value(), mail.authority)
    return SmtpSender(link)
