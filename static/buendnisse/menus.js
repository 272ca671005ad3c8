// Menus that unfold: closed with Escape and by a click or a step elsewhere. One that is narrow is a menu
// only on a phone; in a wider window all of it stands there.
//
// Loaded right after the ways to the tables, so that they are folded before anybody sees them. Without
// this script each menu opens and closes by its own heading, and the ways to the tables stand open.
(function () {
  "use strict";

  const phone = window.matchMedia("(max-width: 767px)");

  function isMenu(details) {
    return details.dataset.menu !== "narrow" || phone.matches;
  }

  function openMenus() {
    return Array.from(document.querySelectorAll("details[data-menu][open]")).filter(isMenu);
  }

  function fold() {
    document.querySelectorAll("details[data-menu=narrow]").forEach(function (details) {
      details.open = !phone.matches;
    });
  }

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") {
      return;
    }
    openMenus().forEach(function (menu) {
      const hadFocus = menu.contains(document.activeElement);
      menu.open = false;
      if (hadFocus) {
        menu.querySelector("summary").focus();
      }
    });
  });

  ["click", "focusin"].forEach(function (event) {
    document.addEventListener(event, function (happened) {
      openMenus()
        .filter((menu) => !menu.contains(happened.target))
        .forEach(function (menu) {
          menu.open = false;
        });
    });
  });

  phone.addEventListener("change", fold);
  fold();
})();
