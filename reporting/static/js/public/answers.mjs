// What the form says, as the JSON of POST /api/v1/reports. Only questions that were asked of the chosen category count.

const text = (data, name) => (data.get(name) ?? "").trim();

function put(report, field, value) {
  const path = field.split(".");
  const last = path.pop();
  path.reduce((inside, part) => (inside[part] ??= {}), report)[last] = value;
}

// A moment of the past in whole minutes: nobody remembers seconds.
const minutesBefore = (now, minutes) => new Date(now.getTime() - minutes * 60_000).toISOString();

function answer(report, group, now) {
  const { field, kind } = group.dataset;
  if (kind === "text") {
    const words = group.querySelector("textarea").value.trim();
    if (words) report[field] = [report[field], words].filter(Boolean).join("\n");
    return;
  }
  const values = Array.from(group.querySelectorAll("input:checked"), (input) => input.value);
  if (!values.length) return;
  if (kind === "ago") report[field] = minutesBefore(now, Number(values[0]));
  else put(report, field, kind === "many" ? values : values[0]);
}

/** The report; `groups` are the questions that were asked, `where` adds location and reporter_location, `now` is when Send was pressed. */
export function reportFrom(form, groups, where, now) {
  const data = new FormData(form);
  const report = { category: text(data, "category"), language: document.documentElement.lang, ...where };
  for (const name of ["description", "place", "venue"]) {
    if (text(data, name)) report[name] = text(data, name);
  }
  for (const part of ["name", "phone", "email"]) {
    if (text(data, `contact.${part}`)) put(report, `contact.${part}`, text(data, `contact.${part}`));
  }
  if (data.has("about_staff")) report.about_staff = true;
  for (const group of groups) answer(report, group, now);
  // "Now" must not grow younger while the report waits for a connection.
  if (report.happening_now === "yes" || report.still_there === "yes") report.observed_at = now.toISOString();
  return report;
}
