// The order of the queue: not yet triaged or a rule failed, then immediate and unacknowledged, then priority, then the clock.

const time = (iso) => (iso ? Date.parse(iso) : Infinity);

export const isLoud = (item) => !item.triaged || (item.priority === 1 && item.status === "new");

function rank(item) {
  if (!item.triaged || item.look_first) return 0;
  return item.priority === 1 && item.status === "new" ? 1 : item.priority + 1;
}

// What places an item: compared field by field, so that two items never tie.
export const keyOf = (item) => ({ rank: rank(item), due: time(item.due_at), opened: time(item.opened_at), id: item.id });

const step = (one, other) => (one < other ? -1 : one > other ? 1 : 0);

export const compare = (one, other) =>
  step(one.rank, other.rank) || step(one.due, other.due) || step(one.opened, other.opened) || step(one.id, other.id);

// Where `key` stands, or would stand, in an ordered array of keys.
export function placeOf(keys, key) {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(keys[middle], key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
