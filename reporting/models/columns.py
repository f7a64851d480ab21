"""Column types that many tables share."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import ColumnElement, DateTime, Text, Uuid, any_, func, literal, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, mapped_column

Id = Annotated[uuid.UUID, mapped_column(Uuid, primary_key=True, default=uuid.uuid4)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Now = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
"""Database time: the only clock that orders events, whatever the clocks of phones and workers say."""
Words = Annotated[str, mapped_column(Text, server_default=text("''"))]


def among(column: InstrumentedAttribute[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """The column has one of the values, said by one array. However many there are it is the same statement, whose plan the
    database keeps; `in_` writes another one for each number of values, and a plan costs more than the look-up."""
    return column == any_(literal(list(values), ARRAY(column.type)))
