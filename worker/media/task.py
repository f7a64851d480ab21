"""The errand of one picture: reads the sealed original, has it opened elsewhere, keeps the cleaned copies or says that it cannot
be shown. Twice is harmless: a picture that is done is left alone. Trouble of the disk is no fault of the picture: it waits."""

import uuid
from collections.abc import Sequence

import structlog

from reporting import jobs
from reporting.adapters.seals import SealBroken
from reporting.bootstrap import adapters
from reporting.domain.errors import NoRoom, NotYet, StoreAway
from reporting.services.line import work_off_errands
from reporting.services.sanitising import keep_copies, refuse, waiting_picture
from worker.media.outside import CannotOpen, clean

log = structlog.get_logger()


def sanitise(picture_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Cleans those of the pictures that still wait; returns the ones whose letter went."""
    return work_off_errands(jobs.SANITISE, picture_ids, _sanitise)


def _sanitise(picture_id: uuid.UUID) -> bool:
    waiting = waiting_picture(picture_id)
    if waiting is None:
        return True
    try:
        with adapters().pictures.open(picture_id, "original") as file:
            data = file.read()
        keep_copies(picture_id, clean(data, waiting.kind))
    except CannotOpen as found:
        refuse(picture_id, str(found))
        log.info("picture.refused", reason=str(found))
    except (FileNotFoundError, SealBroken) as lost:
        refuse(picture_id, "unreadable")
        log.error("picture.lost", error=type(lost).__name__)
    except (NoRoom, StoreAway) as trouble:
        raise NotYet("the folder of pictures is full or away") from trouble
    return True
