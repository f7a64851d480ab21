"""Mail by SMTP: plain text, never a picture, never a link that tells whether it was opened.

The way to the server is protected as the setting says and never less: a server that stops offering STARTTLS gets nothing.
"""

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from reporting.adapters.channels import MailRoute
from reporting.services.sending import Result
from worker.delivery.channel import Letter, Outside, off

SECONDS: Final = 30.0
"""The end of one conversation with the server, whatever it does. Many servers think for seconds before they refuse."""
STEP_SECONDS: Final = 10.0


class NotProtected(Exception):
    """The server does not offer what the setting asks for."""


def send_mail(letter: Letter, outside: Outside) -> Result:
    """Hands the letter to the mail server. What it says of receiver or letter for good (5xx) ends it at once; what it says of us,
    as of a wrong password, is tried again."""
    route = outside.channels.mail
    if route is None:
        return off()
    try:
        with _conversation(route, outside.ca_file) as server:
            _introduce(server, route)
            return _hand_over(server, route, letter)
    except smtplib.SMTPDataError as error:
        return _answered(error.smtp_code)
    except smtplib.SMTPResponseException as error:
        return Result("again", f"smtp_{error.smtp_code}", service_away=True)
    except (smtplib.SMTPException, OSError, NotProtected) as error:
        return Result("again", type(error).__name__, service_away=True)


@contextmanager
def _conversation(route: MailRoute, ca_file: str) -> Iterator[smtplib.SMTP]:
    """A connection that is cut when its time is over: a server that speaks a letter a second holds up nobody for long."""
    context = ssl.create_default_context(cafile=ca_file or None)
    server = _server(route, context)
    ends = threading.Timer(SECONDS, _cut, [server])
    ends.daemon = True
    ends.start()
    try:
        server.connect(route.server, route.port)
        if route.security == "starttls":
            _protect(server, context)
        yield server
    finally:
        ends.cancel()
        server.close()


def _server(route: MailRoute, context: ssl.SSLContext) -> smtplib.SMTP:
    """Not connected yet. It says the sender's domain of itself, which asks no resolver for this machine's name."""
    name = route.sender.rpartition("@")[2]
    if route.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(local_hostname=name, timeout=STEP_SECONDS, context=context)
    else:
        server = smtplib.SMTP(local_hostname=name, timeout=STEP_SECONDS)
    vars(server)["_host"] = route.server  # the name that the server's certificate must prove
    return server


def _protect(server: smtplib.SMTP, context: ssl.SSLContext) -> None:
    server.ehlo_or_helo_if_needed()
    if not server.has_extn("starttls"):
        raise NotProtected
    server.starttls(context=context)


def _cut(server: smtplib.SMTP) -> None:
    if server.sock is not None:
        try:
            server.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def _introduce(server: smtplib.SMTP, route: MailRoute) -> None:
    server.ehlo_or_helo_if_needed()
    if route.user:
        server.login(route.user, route.password)


def _hand_over(server: smtplib.SMTP, route: MailRoute, letter: Letter) -> Result:
    receiver = letter.address.decode()
    message = message_of(letter, route.sender)
    code, _said = server.mail(route.sender)
    if code != 250:
        return Result("again", f"smtp_{code}")
    code, _said = server.rcpt(receiver)
    if code not in (250, 251):
        return _answered(code)
    code, _said = server.data(message.as_bytes(policy=ON_THE_WIRE))
    return Result("sent", "smtp_250") if code == 250 else _answered(code)


ON_THE_WIRE: Final = SMTP.clone(max_line_length=900)
"""Lines end as RFC 5321 wants: a server takes bare line feeds for one endless line. Header lines stay whole up to 900 of the 998
characters allowed: a folded address in List-Unsubscribe would be encoded, and nobody could follow it."""


def _answered(code: int) -> Result:
    """5xx about this receiver or this letter is for good; everything else may pass."""
    return Result("refused" if 500 <= code < 600 else "again", f"smtp_{code}")


def message_of(letter: Letter, sender: str) -> EmailMessage:
    """The letter as a mail. Its id is the letter's, so that a mail that travelled twice shows once."""
    words = letter.words
    message = EmailMessage()
    message["From"] = sender
    message["To"] = letter.address.decode()
    message["Subject"] = words.subject
    message["Date"] = format_datetime(letter.now)
    message["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.asks:
        lines = [words.text, "", letter.short_url, "", "--", words.once, f"{words.not_me} {letter.never_url}"]
    else:
        lines = [words.text, "", words.url, "", "--", words.why]
        lines += [f"{words.stop} {letter.stop_url}"] if letter.stop_url else []
    if ends := letter.never_url if letter.asks else letter.stop_url:
        message["List-Unsubscribe"] = f"<{ends}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content("\n".join(lines) + "\n", cte="quoted-printable")
    message["Content-Language"] = words.language
    return message
