// Beats time for a page: timers of a page in the background are slowed to one a minute, those of a worker are not.
setInterval(() => postMessage(0), 10_000);
