"""Counts for people who look after the rules: how often operators overruled each of them."""

from typing import Any

from reporting.api.body import Resource
from reporting.auth.guards import actor, guarded
from reporting.bootstrap import adapters
from reporting.queries import judgement
from reporting.schemas.judgement import RulesQuerySchema, RuleTableSchema

blueprint = Resource("figures", __name__, url_prefix="/api/v1/figures", description="Figures of your organisation")


@blueprint.route("/rules", methods=["GET"])
@guarded("judgement.read")
@blueprint.doc(operationId="countRules", summary="How often each rule was overruled")
@blueprint.arguments(RulesQuerySchema, location="query")
@blueprint.response(200, RuleTableSchema)
def get_rules(wanted: dict[str, Any]) -> dict[str, Any]:
    """For each rule of triage: fired, kept, raised, lowered, ended harmless. An override is held against every rule that spoke in
    the assessment that decided; changes that were taken back count for nothing."""
    return judgement.table(actor(), wanted["days"], adapters().clock()).as_json()
