// Sends chosen or dropped files one after the other, with their progress; and keeps what is typed
// about them. Without this script the form does it all: choose, upload, save.
(function () {
  "use strict";

  const form = document.querySelector("form[data-attachments]");
  const source = document.getElementById("attachments-settings");
  if (!form || !source) {
    return;
  }
  const settings = JSON.parse(source.textContent);
  const words = settings.words;
  const input = form.querySelector("input[type='file']");
  const area = form.querySelector("[data-drop]");
  const uploads = form.querySelector("[data-uploads]");
  const lines = form.querySelector("[data-lines]");
  const live = form.querySelector("[data-attachments-live]");
  const wordsStatus = form.querySelector("[data-words-status]");
  const queue = [];
  let current = null;
  let goesOnBy = null; // the button that was pressed while files were on their way
  let hasFailed = false;

  function fill(sentence, values) {
    return sentence.replace(/%\((\w+)\)s/g, (_, name) => values[name]).replace("%%", "%");
  }

  function say(sentence) {
    live.textContent = sentence;
  }

  function element(name, className, text) {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text || "";
    return made;
  }

  function button(text, name, onClick) {
    const made = element("button", "kern-btn kern-btn--tertiary");
    const label = element("span", "kern-label", text);
    label.append(element("span", "kern-sr-only", ": " + name));
    made.type = "button";
    made.append(label);
    made.addEventListener("click", onClick);
    return made;
  }

  // --- One file ---------------------------------------------------------------------------------

  function show(file) {
    const item = element("li", "site-upload");
    const name = element("bdi", "site-upload__name", file.name);
    const bar = element("progress", "site-upload__bar");
    const status = element("span", "site-upload__status", words.queued);
    const actions = element("span", "site-upload__actions");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    item.append(name, bar, status, actions);
    uploads.append(item);
    uploads.hidden = false;
    return { file: file, item: item, bar: bar, status: status, actions: actions };
  }

  function close(entry) {
    entry.item.remove();
    uploads.hidden = !uploads.children.length;
  }

  function refuse(entry, sentence, canTryAgain) {
    hasFailed = true;
    entry.bar.hidden = true;
    entry.item.classList.add("site-upload--refused");
    entry.status.textContent = sentence;
    entry.actions.replaceChildren();
    if (canTryAgain) {
      entry.actions.append(button(words.again, entry.file.name, () => enqueue(entry)));
    }
    entry.actions.append(button(words.dismiss, entry.file.name, () => close(entry)));
    say(entry.file.name + ": " + sentence);
  }

  function enqueue(entry) {
    entry.item.classList.remove("site-upload--refused");
    entry.bar.hidden = false;
    entry.bar.value = 0;
    entry.status.textContent = words.queued;
    entry.actions.replaceChildren(button(words.cancel, entry.file.name, () => cancel(entry)));
    queue.push(entry);
    next();
  }

  function cancel(entry) {
    const place = queue.indexOf(entry);
    if (place >= 0) {
      queue.splice(place, 1);
    } else if (current === entry) {
      entry.request.abort();
    }
    close(entry);
  }

  function take(files) {
    hasFailed = false;
    Array.from(files).forEach(function (file) {
      const entry = show(file);
      if (!file.size) {
        refuse(entry, words.empty, false);
      } else if (file.size > settings.largest) {
        refuse(entry, words.tooLarge, false);
      } else {
        enqueue(entry);
      }
    });
  }

  function next() {
    if (current) {
      return;
    }
    current = queue.shift() || null;
    if (current) {
      send(current);
    } else if (goesOnBy && !hasFailed) {
      form.requestSubmit(goesOnBy);
    } else {
      goesOnBy = null;
    }
  }

  function send(entry) {
    const data = new FormData();
    const request = new XMLHttpRequest();
    entry.request = request;
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.append("files", entry.file);
    request.open("POST", settings.url);
    request.upload.addEventListener("progress", function (event) {
      const percent = event.lengthComputable ? Math.floor((event.loaded / event.total) * 100) : 0;
      entry.bar.value = percent;
      entry.status.textContent = percent < 100 ? fill(words.sending, { percent: percent }) : words.checking;
    });
    request.addEventListener("loadend", function () {
      receive(entry, request);
      current = null;
      next();
    });
    request.send(data);
  }

  function receive(entry, request) {
    const answer = read(request);
    if (answer && answer.lines && answer.lines.length) {
      answer.lines.forEach((html) => lines.insertAdjacentHTML("beforeend", html));
      form.querySelector("[data-no-files]").hidden = true;
      say(fill(words.done, { name: answer.names[0] }));
      close(entry);
    } else if (request.status === 401) {
      refuse(entry, words.ended, true);
    } else if (request.status === 413) {
      refuse(entry, words.tooLarge, false);
    } else if (answer && request.status === 429) {
      // The files behind it would hear the same.
      queue.splice(0).concat(entry).forEach((each) => refuse(each, answer.said, true));
    } else if (answer && request.status === 422) {
      refuse(entry, answer.said, false);
    } else if (entry.item.isConnected) {
      refuse(entry, request.status ? words.failed : words.offline, true);
    }
  }

  function read(request) {
    try {
      return JSON.parse(request.responseText);
    } catch (error) {
      return null;
    }
  }

  // --- Choosing and dropping --------------------------------------------------------------------

  input.addEventListener("change", function () {
    const files = Array.from(input.files);
    // Or the form would send them once more.
    input.value = "";
    take(files);
  });
  form.querySelector("[data-upload-button]").hidden = true;
  area.classList.add("site-drop--active");
  area.querySelector("label").textContent = words.drop;

  function holdsFiles(event) {
    return event.dataTransfer && Array.from(event.dataTransfer.types).includes("Files");
  }

  // A file that misses the area must not take the place of the page.
  ["dragover", "drop"].forEach(function (kind) {
    window.addEventListener(kind, function (event) {
      if (holdsFiles(event)) {
        event.preventDefault();
      }
    });
  });
  area.addEventListener("dragover", () => area.classList.add("site-drop--over"));
  ["dragleave", "drop"].forEach(function (kind) {
    area.addEventListener(kind, () => area.classList.remove("site-drop--over"));
  });
  area.addEventListener("drop", function (event) {
    if (holdsFiles(event)) {
      take(event.dataTransfer.files);
    }
  });

  // --- What is typed about them -----------------------------------------------------------------

  lines.addEventListener("change", function (event) {
    const line = event.target.closest("[data-line]");
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    line.querySelectorAll("input, select").forEach((control) => data.append(control.name, control.value));
    fetch(settings.url, { method: "POST", body: data })
      .then((response) => response.json())
      .then(function (answer) {
        wordsStatus.textContent = answer.said;
        Object.entries(answer.seen || {}).forEach(function (entry) {
          form.elements[entry[0]].value = entry[1];
        });
      })
      .catch(function () {
        wordsStatus.textContent = words.unsaved;
      })
      .finally(function () {
        wordsStatus.hidden = false;
      });
  });

  // --- Leaving ----------------------------------------------------------------------------------

  form.addEventListener("submit", function (event) {
    if (current) {
      event.preventDefault();
      goesOnBy = event.submitter;
      say(words.wait);
      wordsStatus.textContent = words.wait;
      wordsStatus.hidden = false;
    }
  });
  window.addEventListener("beforeunload", function (event) {
    if (current) {
      event.preventDefault();
    }
  });
})();
