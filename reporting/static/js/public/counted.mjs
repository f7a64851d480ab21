// A number in the form of its sentence that the page's language has for it. The page carries all forms, named as CLDR names them.

/** `forms` is what the server's `counted` wrote: JSON of plural category to sentence, with # for the number. */
export function counted(forms, number) {
  const said = JSON.parse(forms);
  const form = new Intl.PluralRules(document.documentElement.lang).select(number);
  return (said[form] ?? said.other ?? "").replace("#", number);
}
