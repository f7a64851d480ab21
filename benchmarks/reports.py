"""Reports to send: invented, different from each other, ready as bytes, so that making them costs the measurement nothing."""

import json
import random
import uuid
from typing import Any, Final

SEED: Final = 20
CENTRE: Final = (60.1700, 24.9400)
REGION_DEGREES: Final = (0.08, 0.16)
"""Half the height and width of the region, about 18 km by 18 km."""
PLACES: Final = 60
AT_A_PLACE: Final = 0.3
"""The share of reports at one of the places everybody passes; the others lie anywhere in the region."""
WITH_CONTACT: Final = 0.25

TEXTS: Final = (
    ("unattended_item", "Black rucksack under the bench at the tram stop, nobody near it for twenty minutes"),
    ("unattended_item", "A grey suitcase stands alone beside the ticket machine on the lower level"),
    ("unattended_item", "Musta reppu penkin alla laiturilla, kukaan ei ole sen lähellä"),
    ("unattended_item", "En resväska står ensam vid rulltrappan sedan en halvtimme"),
    ("suspicious_behaviour", "A man has been filming the cameras and the staff door for some time"),
    ("suspicious_behaviour", "Two people try the handles of the doors at the back of the station"),
    ("suspicious_behaviour", "Mies kuvaa vartijoita ja kirjoittaa muistiin heidän kierroksensa"),
    ("suspicious_vehicle", "A white van without plates has been standing at the service entrance since morning"),
    ("suspicious_vehicle", "Van parked across the fire exit, engine running, driver walked away"),
    ("tampering", "Somebody has opened the electric cabinet by the bridge and wires hang out"),
    ("drone", "A drone hovers above the crowd at the square and comes back again and again"),
    ("other", "Smell of gas in the passage below the market hall"),
)
WHY: Final = ("", "It was not there yesterday", "He left quickly when a guard came", "Nobody works here at this hour")
ANSWERS: Final = ("yes", "no", "unknown")


class Reports:
    """An endless, repeatable supply of requests for `POST /api/v1/reports` of one host."""

    def __init__(self, host: str, port: int, seed: int = SEED) -> None:
        self._host = f"{host}:{port}"
        self._random = random.Random(seed)
        self._places = [self._anywhere() for _ in range(PLACES)]

    def requests(self, count: int) -> list[bytes]:
        """So many different requests, each with its own key, phone and network."""
        return [self._request() for _ in range(count)]

    def _request(self) -> bytes:
        body = json.dumps(self.body(), ensure_ascii=False).encode()
        address = ".".join(str(self._random.randrange(1, 255)) for _ in range(4))
        head = (
            f"POST /api/v1/reports HTTP/1.1\r\nHost: {self._host}\r\nContent-Type: application/json\r\n"
            f"Idempotency-Key: {uuid.uuid4()}\r\nDevice-Key: {uuid.uuid4()}\r\nX-Forwarded-For: {address}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def body(self) -> dict[str, Any]:
        """One report as its JSON."""
        chance = self._random
        category, text = chance.choice(TEXTS)
        lat, lon = chance.choice(self._places) if chance.random() < AT_A_PLACE else self._anywhere()
        told: dict[str, Any] = {
            "category": category,
            "description": f"{text} ({chance.randrange(1000)})",
            "why_unusual": chance.choice(WHY),
            "language": "en",
            "location": {"lat": lat, "lon": lon, "accuracy_m": chance.choice((8, 15, 40)), "source": "gps"},
            "still_there": chance.choice(ANSWERS),
            "happening_now": "no",
            "hot": {name: chance.choice(ANSWERS) for name in ("hidden", "obvious", "typical")},
        }
        if chance.random() < WITH_CONTACT:
            told["contact"] = {"name": "A. Resident", "email": "resident@example.org"}
        return told

    def _anywhere(self) -> tuple[float, float]:
        height, width = REGION_DEGREES
        lat = CENTRE[0] + self._random.uniform(-height, height)
        return round(lat, 5), round(CENTRE[1] + self._random.uniform(-width, width), 5)


def get_request(path: str, host: str, port: int, token: str = "") -> bytes:
    """A GET, signed in where a token is given."""
    signed = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n{signed}\r\n".encode()
