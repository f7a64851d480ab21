// Nobody is signed in on this device: what it kept of a house for the time without a network goes.

try {
  localStorage.removeItem("venue");
} catch {
  // A browser that stores nothing has nothing to forget.
}
