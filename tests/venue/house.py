"""A venue for its tests: Hana manages the mall, Gil works there, and a browser can sign a device in."""

import re
import uuid
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from reporting.policy import Actor
from reporting.queries import people
from reporting.services import devices
from tests.cast import Cast

HTTPS = {"base_url": "https://localhost"}
PIN = "8264"


def token_of(page: TestResponse) -> str:
    """The token against forged requests of a page's forms."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, page.text[:400]
    return found[1]


def actor_of(app: Flask, cast: Cast, name: str) -> Actor:
    """Somebody of the cast, as a guard would know them."""
    with app.app_context():
        found = people.by_token(cast.tokens[name])
    assert found is not None
    return found


def code_for(app: Flask, cast: Cast, name: str = "gil") -> str:
    """A fresh code for a device of somebody of the mall, made by its manager."""
    with app.app_context():
        return devices.make_code(actor_of(app, cast, "hana"), uuid.UUID(cast.people[name].account_id))


def pair(client: FlaskClient, code: str, **said: str) -> TestResponse:
    """Signs the browser's device in."""
    token = token_of(client.get("/venue/sign-in", **HTTPS))
    return client.post("/venue/device", data={"code": code, "name": "Till 2", "pin": PIN, "csrf_token": token, **said}, **HTTPS)


def post(client: FlaskClient, address: str, page: str = "/venue/", **said: Any) -> TestResponse:
    """Posts a form with the token of a page."""
    return client.post(address, data={"csrf_token": token_of(client.get(page, **HTTPS)), **said}, **HTTPS)


def sign_in(client: FlaskClient, email: str, password: str) -> TestResponse:
    """Signs in by e-mail."""
    return post(client, "/venue/sign-in", "/venue/sign-in", email=email, password=password)
