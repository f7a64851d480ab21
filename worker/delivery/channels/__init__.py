"""The channels by which letters travel: one file and one line each."""

from typing import Final

from reporting.domain.deliveries import MAIL, PUSH, SMS
from worker.delivery.channel import Channel
from worker.delivery.channels.mail import send_mail
from worker.delivery.channels.push import send_push
from worker.delivery.channels.sms import send_sms

CHANNELS: Final[dict[str, Channel]] = {PUSH: send_push, MAIL: send_mail, SMS: send_sms}
