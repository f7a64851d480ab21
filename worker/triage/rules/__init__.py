"""The rules of triage: one pure function per rule, in the order of the field's practice. To add one, add it here."""

from worker.triage.rules.age import age
from worker.triage.rules.behaviours_answered import behaviours_answered
from worker.triage.rules.context import event, happening, hour, place, reporter, threat
from worker.triage.rules.crimes_told import crimes_told
from worker.triage.rules.danger import danger
from worker.triage.rules.ending import ending
from worker.triage.rules.harmless import everyday, harmless
from worker.triage.rules.hot_answers import hot_answers
from worker.triage.rules.items import item_cues, unattended_item
from worker.triage.rules.judgement import judgement
from worker.triage.rules.language import language
from worker.triage.rules.lawful_acts_told import lawful_acts_told
from worker.triage.rules.owner import owner
from worker.triage.rules.presence import presence
from worker.triage.rules.threats import threats
from worker.triage.rules.usual import usual
from worker.triage.rules.vehicles import vehicles
from worker.triage.rules.weapons import weapons

RULES = (
    language,
    danger,
    hot_answers,
    owner,
    unattended_item,
    item_cues,
    weapons,
    behaviours_answered,
    threats,
    crimes_told,
    lawful_acts_told,
    vehicles,
    presence,
    judgement,
    usual,
    place,
    hour,
    event,
    threat,
    reporter,
    happening,
    harmless,
    everyday,
    ending,
    age,
)
