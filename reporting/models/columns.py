"""Column types that many tables share."""

import uuid
from datetime import datetime
from typing import Annotated

from sqlalchemy import DateTime, Text, Uuid, func, text
from sqlalchemy.orm import mapped_column

Id = Annotated[uuid.UUID, mapped_column(Uuid, primary_key=True, default=uuid.uuid4)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Now = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
"""Database time: the only clock that orders events, whatever the clocks of phones and workers say."""
Words = Annotated[str, mapped_column(Text, server_default=text("''"))]
