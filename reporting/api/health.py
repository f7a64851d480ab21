"""Is it alive, is it fit for work, and its figures for the internal network."""

import ipaddress
from collections.abc import Iterator
from typing import Any

from flask import Response, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from reporting.api.body import Resource
from reporting.api.errors import RETRY_AFTER_S
from reporting.auth.guards import public
from reporting.bootstrap import adapters
from reporting.domain.errors import NotFound
from reporting.queries import health
from reporting.schemas.public import HealthSchema

blueprint = Resource("health", __name__, description="For load balancers and watchers")


@blueprint.route("/health/live", methods=["GET"])
@public("a load balancer has no account")
@blueprint.doc(operationId="healthLive", summary="The process answers")
@blueprint.response(200, HealthSchema)
def get_live() -> dict[str, Any]:
    """This process answers; it says nothing about the others."""
    return {"status": "ok", "problems": []}


@blueprint.route("/health/ready", methods=["GET"])
@public("a load balancer has no account")
@blueprint.doc(operationId="healthReady", summary="The whole line works")
@blueprint.response(200, HealthSchema)
@blueprint.alt_response(503, schema=HealthSchema, description="Something of the line is silent or late")
def get_ready() -> Any:
    """Database, relay and workers show life and nothing waits too long; else 503 with what is wrong."""
    found = health.readiness()
    problems = found["problems"]
    if problems:
        return {"status": "not_ready", "problems": problems}, 503, {"Retry-After": str(RETRY_AFTER_S)}
    return {"status": "ok", "problems": []}


@blueprint.route("/metrics", methods=["GET"])
@public("guarded by network: internal addresses only")
@blueprint.doc(operationId="metrics", summary="Figures for Prometheus, internal addresses only")
@blueprint.response(200, schema={"type": "string"}, content_type="text/plain", description="The Prometheus text format.")
@blueprint.refuses(404)
def get_metrics() -> Response:
    """Counts by our own words; nothing of what anybody wrote. Absent to addresses that are not internal."""
    if not _internal(request.remote_addr or ""):
        raise NotFound
    registry = CollectorRegistry()
    registry.register(_Line())
    return Response(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")


def _internal(address: str) -> bool:
    """Whether the peer itself stands in an internal network; what a proxy says of others does not count."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    networks = adapters().settings.metrics_networks.split(",")
    return any(found in ipaddress.ip_network(each.strip()) for each in networks) and "X-Forwarded-For" not in request.headers


class _Line(Collector):
    """The line's figures, read from the tables, so that every process gives the same answer."""

    def collect(self) -> Iterator[Metric]:
        found = health.figures()
        filed = CounterMetricFamily("reporting_filed", "Reports accepted in the last 30 days", labels=["trust"])
        for trust, count in found["filed"].items():
            filed.add_metric([trust], count)
        yield filed
        outbox = GaugeMetricFamily("reporting_outbox", "Steps that wait, and dead letters", labels=["job", "dead"])
        for (job, dead), count in found["outbox"].items():
            outbox.add_metric([job, str(dead).lower()], count)
        yield outbox
        deliveries = GaugeMetricFamily(
            "reporting_deliveries", "Letters to people outside in the last 30 days", labels=["channel", "result"]
        )
        for (channel, state), count in found["deliveries"].items():
            deliveries.add_metric([channel, state], count)
        yield deliveries
        counted = GaugeMetricFamily(
            "reporting_counted", "What a sweep counted; survivors of retention must be 0", labels=["name"]
        )
        age = GaugeMetricFamily("reporting_counted_age_seconds", "How long ago it was counted", labels=["name"])
        for name, (value, seconds) in found["counted"].items():
            counted.add_metric([name], value)
            age.add_metric([name], seconds)
        yield counted
        yield age
