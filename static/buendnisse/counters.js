// How many characters are left in a text that has a limit, counted as the server counts them.
(function () {
  "use strict";

  const source = document.getElementById("autosave-settings");
  if (!source) {
    return;
  }
  const words = JSON.parse(source.textContent).words;
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const NEAR = 100;

  document.querySelectorAll("[data-limit]:not(:disabled)").forEach(function (control) {
    const limit = Number(control.dataset.limit);
    const shown = document.createElement("p");
    const spoken = document.createElement("p");
    shown.className = "kern-hint site-counter";
    shown.setAttribute("aria-hidden", "true");
    spoken.className = "kern-sr-only";
    spoken.setAttribute("role", "status");
    control.after(shown, spoken);
    let timer = 0;

    function count(event) {
      const left = limit - Array.from(control.value.replace(/\r\n?/g, "\n").trim()).length;
      const sentence = (left < 0 ? words.over : words.left).replace("%(count)s", number.format(Math.abs(left)));
      shown.textContent = sentence;
      shown.classList.toggle("site-counter--over", left < 0);
      clearTimeout(timer);
      if (event && left < NEAR) {
        // Only near the end, and after a pause: not at every letter.
        timer = setTimeout(function () {
          spoken.textContent = sentence;
        }, 1500);
      }
    }
    control.addEventListener("input", count);
    control.addEventListener("counted", count);
    count();
  });
})();
