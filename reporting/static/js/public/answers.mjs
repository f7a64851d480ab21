// What the form says, as the JSON of POST /api/v1/reports. Only questions of the chosen category count.

const text = (data, name) => (data.get(name) ?? "").trim();

function put(report, field, value) {
  const path = field.split(".");
  const last = path.pop();
  path.reduce((inside, part) => (inside[part] ??= {}), report)[last] = value;
}

function questions(form, category, report) {
  for (const group of form.querySelectorAll("[data-kind]")) {
    if (!group.dataset.for.split(" ").includes(category)) continue;
    const values = Array.from(group.querySelectorAll("input:checked"), (input) => input.value);
    if (values.length) put(report, group.dataset.field, group.dataset.kind === "many" ? values : values[0]);
  }
}

/** The report; `where` adds location and reporter_location, `now` is when the person pressed Send. */
export function reportFrom(form, where, now) {
  const data = new FormData(form);
  const category = text(data, "category");
  const report = { category, language: document.documentElement.lang, ...where };
  for (const name of ["description", "place", "venue"]) {
    if (text(data, name)) report[name] = text(data, name);
  }
  for (const part of ["name", "phone", "email"]) {
    if (text(data, `contact.${part}`)) put(report, `contact.${part}`, text(data, `contact.${part}`));
  }
  if (data.has("about_staff")) report.about_staff = true;
  questions(form, category, report);
  // "Now" must not grow younger while the report waits for a connection.
  if (report.happening_now === "yes" || report.still_there === "yes") report.observed_at = now.toISOString();
  return report;
}
