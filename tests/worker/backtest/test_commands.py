"""The commands at the terminal: what they write, what they refuse, and how they end."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from worker.backtest.commands import backtest, calibrate

TRIAGE = "id,text\n1,Shots fired at the market\n2,Loud music\n"
REPORTS = "report_id,opened_at,type,lat,lon\na,2026-01-01T10:00:00,Lamp,60.17,24.94\nb,2026-01-01T10:05:00Z,Lamp,60.17,24.94\n"
AREAS = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": "f",
                "properties": {"id": key, "name": key.title()},
                "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [size, 0], [size, size], [0, size], [0, 0]]]},
            }
            for key, size in (("big", 10), ("small", 1))
        ],
    }
)


def run(*arguments: object) -> Result:
    group = backtest if arguments[0] == "backtest" else calibrate
    return CliRunner().invoke(group, [str(each) for each in arguments[1:]])


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def made(tmp_path: Path) -> Path:
    (tmp_path / "texts.csv").write_text(TRIAGE, encoding="utf-8")
    (tmp_path / "reports.csv").write_text(REPORTS, encoding="utf-8")
    (tmp_path / "areas.geojson").write_text(AREAS, encoding="utf-8")
    (tmp_path / "points.csv").write_text("id,lat,lon\n1,0.5,0.5\n2,5,5\n3,20,20\n4,,\n5,95,0\n", encoding="utf-8")
    return tmp_path


def test_triage_writes_its_columns(made: Path) -> None:
    result = run("backtest", "triage", made / "texts.csv", "--out", made / "out.csv")
    assert result.exit_code == 0, result.output
    first, second = table(made / "out.csv")
    assert list(first) == ["id", "priority", "score", "relevant", "findings", "matched"]
    assert (first["id"], first["priority"], first["relevant"]) == ("1", "1", "1")
    assert "danger.gunfire" in first["findings"].split(";")
    assert "Shots fired" in first["matched"].split(";")
    assert (second["priority"], second["relevant"]) == ("4", "0")


def test_triage_reads_answers_and_ignores_further_columns(made: Path) -> None:
    rows = [
        "id,text,category,hot_hidden,hot_obvious,hot_typical,lat,lon,surprise",
        "1,bag,unattended_item,no,YES,,x,y,z",
        "2,bag,unattended_item,no,no,yes,,,",
    ]
    (made / "texts.csv").write_text("\ufeff" + "\n".join(rows), encoding="utf-8")
    assert run("backtest", "triage", made / "texts.csv", "--out", made / "out.csv").exit_code == 0
    assert [row["priority"] for row in table(made / "out.csv")] == ["2", "4"]


def test_triage_of_history_is_not_old_news(made: Path) -> None:
    rows = [
        "id,text,observed_at,received_at",
        "1,Shots fired,2011-07-01T01:32:33,",
        "2,Shots fired,2011-07-01T01:32:33,2011-07-01T03:32:33Z",
    ]
    (made / "texts.csv").write_text("\n".join(rows), encoding="utf-8")
    assert run("backtest", "triage", made / "texts.csv", "--out", made / "out.csv").exit_code == 0
    assert [row["priority"] for row in table(made / "out.csv")] == ["1", "2"]


def test_grouping_joins_and_gives_reasons(made: Path) -> None:
    result = run("backtest", "grouping", made / "reports.csv", "--out", made / "out.csv")
    assert result.exit_code == 0, result.output
    first, second = table(made / "out.csv")
    assert list(first) == ["report_id", "incident_id", "reason"]
    assert first["incident_id"] == second["incident_id"]
    assert second["reason"].startswith("Joined: At the same spot.")


def test_grouping_decides_in_time_order_and_writes_in_the_order_given(made: Path) -> None:
    lines = REPORTS.splitlines()
    (made / "reports.csv").write_text("\n".join([lines[0], lines[2], lines[1]]) + "\n", encoding="utf-8")
    run("backtest", "grouping", made / "reports.csv", "--out", made / "out.csv")
    assert [(row["report_id"], row["incident_id"]) for row in table(made / "out.csv")] == [("b", "INC-a"), ("a", "INC-a")]


def test_grouping_reads_its_optional_columns(made: Path) -> None:
    (made / "reports.csv").write_text(
        "report_id,opened_at,type,lat,lon,accuracy_m,text,device,default_location\n"
        "a,2026-01-01T10:00:00,Lamp,60.17,24.94,10,,,1\nb,2026-01-01T10:01:00,Lamp,60.17,24.94,10,,,true\n",
        encoding="utf-8",
    )
    run("backtest", "grouping", made / "reports.csv", "--out", made / "out.csv")
    assert len({row["incident_id"] for row in table(made / "out.csv")}) == 2


def test_routing_takes_the_smallest_area_and_says_where_there_is_none(made: Path) -> None:
    result = run("backtest", "routing", made / "areas.geojson", made / "points.csv", "--out", made / "out.csv")
    assert result.exit_code == 0, result.output
    rows = table(made / "out.csv")
    assert [row["area_id"] for row in rows] == ["small", "big", "", "", ""]
    assert all(row["reason"] for row in rows)


def test_routing_says_what_it_repaired_and_left_out(made: Path) -> None:
    data = json.loads(AREAS)
    data["features"][0]["geometry"]["coordinates"] = [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]
    data["features"].append({"type": "Feature", "properties": {"id": "bad"}, "geometry": None})
    (made / "areas.geojson").write_text(json.dumps(data), encoding="utf-8")
    result = run("backtest", "routing", made / "areas.geojson", made / "points.csv", "--out", made / "out.csv")
    assert result.exit_code == 0
    assert "repaired feature big" in result.stderr
    assert "left out feature bad" in result.stderr


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("texts.csv", "id\n1\n", "missing column text"),
        ("texts.csv", "", "empty"),
        ("texts.csv", "id,text,observed_at\n1,x,soon\n", "not an ISO 8601 time"),
        ("reports.csv", "report_id,opened_at,type\n", "missing columns lat, lon"),
        ("reports.csv", REPORTS + "c,yesterday,Lamp,1,1\n", "line 4: 'yesterday' is not"),
        ("reports.csv", REPORTS + "c,2026-01-01,Lamp,north,1\n", "'north' is not a number"),
        ("reports.csv", REPORTS + "c,2026-01-01,Lamp,100,1\n", "no position"),
        ("reports.csv", REPORTS + "a,2026-01-01,Lamp,1,1\n", "stands twice"),
        ("areas.geojson", "{", "not GeoJSON"),
        ("areas.geojson", '{"type": "FeatureCollection", "features": []}', "no feature can be used"),
    ],
)
def test_what_is_refused_ends_with_1_and_one_clear_line(made: Path, name: str, content: str, words: str) -> None:
    (made / name).write_text(content, encoding="utf-8")
    what = {"texts.csv": "triage", "reports.csv": "grouping", "areas.geojson": "routing"}[name]
    extra = [made / "points.csv"] if what == "routing" else []
    result = run("backtest", what, made / name, *extra, "--out", made / "out.csv")
    assert result.exit_code == 1
    assert words in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert not (made / "out.csv").exists()


def test_what_is_no_text_is_refused(made: Path) -> None:
    (made / "texts.csv").write_bytes(b"id,text\n1,\xff\xfe\n")
    result = run("backtest", "triage", made / "texts.csv", "--out", made / "out.csv")
    assert (result.exit_code, result.stderr.strip()) == (1, "Error: texts.csv: not UTF-8 text")


def test_an_output_that_cannot_be_written_is_refused(made: Path) -> None:
    result = run("backtest", "triage", made / "texts.csv", "--out", made / "nowhere" / "out.csv")
    assert result.exit_code == 1
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("arguments", [["triage"], ["triage", "no such file"], ["grouping", "--surprise"], ["dance"]])
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(backtest, arguments).exit_code == 2


def test_a_table_with_a_header_alone_is_done(made: Path) -> None:
    (made / "texts.csv").write_text("id,text\n", encoding="utf-8")
    assert run("backtest", "triage", made / "texts.csv", "--out", made / "out.csv").exit_code == 0
    assert (made / "out.csv").read_text(encoding="utf-8") == "id,priority,score,relevant,findings,matched\n"


def made_joins(count: int) -> tuple[str, str]:
    reports, gold = ["report_id,opened_at,type,lat,lon"], ["report_id,incident_id,scored,reliable_type"]
    for number in range(count):
        day, hour = 1 + number // 24 % 28, number % 24
        month = 1 + number // (24 * 28)
        for letter, minutes in (("a", 0), ("b", 45)):
            reports.append(
                f"{letter}{number},2026-{month:02}-{day:02}T{hour:02}:{minutes:02}:00,Lamp,{60 + number * 0.01:.4f},25"
            )
            gold.append(f"{letter}{number},i{number},1,1")
    return "\n".join(reports) + "\n", "\n".join(gold) + "\n"


def test_calibration_writes_parameters_that_grouping_reads(made: Path) -> None:
    reports, gold = made_joins(200)
    (made / "reports.csv").write_text(reports, encoding="utf-8")
    (made / "gold.csv").write_text(gold, encoding="utf-8")
    result = run("calibrate", "grouping", made / "reports.csv", made / "gold.csv", "--out", made / "p.json")
    assert result.exit_code == 0, result.output
    assert "Lamp:" in result.output
    assert json.loads((made / "p.json").read_text(encoding="utf-8"))["version"].startswith("calibrated-")
    grouped = run("backtest", "grouping", made / "reports.csv", "--out", made / "out.csv", "--parameters", made / "p.json")
    assert grouped.exit_code == 0, grouped.output


@pytest.mark.parametrize(
    ("gold", "words"),
    [
        ("report_id,incident_id\nz,i\n", "share no report_id"),
        ("report_id,incident_id\na,i1\nb,i2\n", "nothing to learn from"),
        ("report_id\na\n", "missing column incident_id"),
    ],
)
def test_calibration_refuses_what_it_cannot_learn_from(made: Path, gold: str, words: str) -> None:
    (made / "gold.csv").write_text(gold, encoding="utf-8")
    result = run("calibrate", "grouping", made / "reports.csv", made / "gold.csv", "--out", made / "p.json")
    assert result.exit_code == 1
    assert words in result.stderr


@pytest.mark.parametrize("content", ["[]", "{", '{"surprise": 1}', '{"types": {"a": 1}}', '{"types": {"a": {"window_s": -5}}}'])
def test_senseless_parameters_are_refused_in_one_line(made: Path, content: str) -> None:
    (made / "p.json").write_text(content, encoding="utf-8")
    result = run("backtest", "grouping", made / "reports.csv", "--out", made / "out.csv", "--parameters", made / "p.json")
    assert result.exit_code == 1
    assert len(result.stderr.strip().splitlines()) == 1


def test_backtest_needs_no_web_database_or_queue() -> None:
    program = (
        "import sys, worker.backtest.commands; "
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'flask', 'sqlalchemy', 'celery', 'psycopg', 'redis'}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_triage_says_how_well_it_does_where_a_column_tells_the_truth(made: Path) -> None:
    table_of = made / "judged.csv"
    table_of.write_text(
        "id,text,label,town\n1,Shots fired at the market,1,a\n2,Loud music,0,a\n3,A quiet day,1,b\n4,Nobody knows,,b\n",
        encoding="utf-8",
    )
    result = run("backtest", "triage", table_of, "--out", made / "out.csv", "--judge-by", "label", "--by", "town")
    assert result.exit_code == 0, result.output
    assert "4 texts assessed" in result.output
    assert "3 rows: precision 1.000, recall 0.500, F1 0.667, AUC 0.750, ordinary called relevant 0.00% (0)" in result.output
    assert "  a: 2 rows" in result.output and "  b: 1 rows" in result.output
    assert "danger.gunfire: in 1 relevant and 0 ordinary rows; 1 relevant rows rest on it alone" in result.output
    missing = run("backtest", "triage", table_of, "--out", made / "out.csv", "--judge-by", "truth")
    assert missing.exit_code == 1 and "missing column truth" in missing.output
