// The server's clock before a deadline. The server decides; this shows what its clock says, and
// never more time than there is: what an answer takes on its way is counted as gone.
(function () {
  "use strict";

  const EVERY_MINUTE = 60000;
  const box = document.querySelector("[data-countdown]");
  if (!box) {
    return;
  }
  const settings = JSON.parse(document.getElementById("countdown-settings").textContent);
  const clock = box.querySelector("[data-clock]");
  const left = box.querySelector("[data-left]");
  const spoken = box.querySelector("[data-spoken]");
  // The server's time is `base` plus what has passed in this browser, whatever its own clock says.
  let base = settings.now - performance.now();
  let said = null;

  function two(number) {
    return String(number).padStart(2, "0");
  }

  function wallClock(now) {
    const day = new Date(now + settings.zone);
    return [day.getUTCHours(), day.getUTCMinutes(), day.getUTCSeconds()].map(two).join(":");
  }

  function say(text) {
    if (said !== text) {
      said = text;
      spoken.textContent = text;
    }
  }

  function show() {
    const now = base + performance.now();
    const seconds = Math.max(0, Math.floor((settings.ends - now) / 1000));
    clock.textContent = wallClock(now);
    left.textContent = two(Math.floor(seconds / 60)) + ":" + two(seconds % 60);
    if (now >= settings.ends) {
      box.classList.replace("kern-alert--info", "kern-alert--warning");
      say(settings.over);
    } else if (settings.minutes[seconds / 60]) {
      say(settings.minutes[seconds / 60]);
    }
  }

  function ask() {
    const asked = performance.now();
    // Without the session: a clock that runs is nobody at work, and costs no query.
    fetch(settings.url, { cache: "no-store", credentials: "omit" })
      .then(function (answer) {
        return answer.ok ? answer.json() : null;
      })
      .then(function (answer) {
        if (answer) {
          base = answer.now - asked;
          show();
        }
      })
      .catch(function () {
        // No connection: the clock goes on as it was.
      });
  }

  ask();
  show();
  window.setInterval(show, 1000);
  window.setInterval(ask, EVERY_MINUTE);
  // A device that slept has lost time.
  document.addEventListener("visibilitychange", function () {
    if (!document.hidden) {
      ask();
    }
  });
})();
