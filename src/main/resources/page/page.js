// Keeps the page up to date in place: fetches it again and changes what differs, so that focus, scroll position and selection stay.
// Nothing is fetched while the tab is hidden or the reader has paused it. Without this script the page reloads itself.
(() => {
  "use strict";

  const EVERY = 5_000;
  const SLOWEST = 60_000;
  const PATIENCE = 8_000;

  const root = document.documentElement;
  const silent = document.getElementById("silent");
  const pause = document.getElementById("pause");
  let timer;
  let asking = false;
  let paused = false;
  let failures = 0;

  async function fetched() {
    const answer = await fetch(location.pathname, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) {
      throw new Error("HTTP status " + answer.status);
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.documentElement.dataset.build) {
      throw new Error("the answer is another page");
    }
    return page;
  }

  async function update() {
    clearTimeout(timer);
    if (asking || paused || document.hidden) {
      return;
    }
    asking = true;
    try {
      show(await fetched());
      failures = 0;
    } catch {
      failures++;
      if (silent.hidden) {
        document.getElementById("stood").textContent = document.getElementById("at").textContent;
        silent.hidden = false;
      }
    } finally {
      asking = false;
    }
    timer = setTimeout(update, Math.min(SLOWEST, EVERY * 2 ** failures));
  }

  function show(page) {
    if (page.documentElement.dataset.build !== root.dataset.build) {
      location.reload(); // another version of the agent answers
      return;
    }
    silent.hidden = true;
    const before = headline(document);
    patch(document.body, page.body);
    document.title = page.title;
    if (headline(document) !== before) {
      document.getElementById("news").textContent = headline(document);
    }
  }

  function headline(page) {
    return page.querySelector("h1").textContent;
  }

  // Makes old look like fresh. What is marked as kept belongs to this script.
  function patch(old, fresh) {
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.nodeValue !== fresh.nodeValue) {
        old.nodeValue = fresh.nodeValue;
      }
      return;
    }
    if (old.nodeName === "NOSCRIPT" || old.hasAttribute("data-kept")) {
      return;
    }
    for (const { name } of [...old.attributes]) {
      if (!fresh.hasAttribute(name)) {
        old.removeAttribute(name);
      }
    }
    for (const { name, value } of fresh.attributes) {
      if (old.getAttribute(name) !== value) {
        old.setAttribute(name, value);
      }
    }
    const olds = [...old.childNodes];
    const freshes = [...fresh.childNodes];
    freshes.forEach((child, i) => {
      if (i >= olds.length) {
        old.append(child);
      } else if (olds[i].nodeName === child.nodeName) {
        patch(olds[i], child);
      } else {
        olds[i].replaceWith(child);
      }
    });
    olds.slice(freshes.length).forEach((child) => child.remove());
  }

  document.addEventListener("visibilitychange", update);
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? "Continue" : "Pause";
    update();
  });
  document.getElementById("live").hidden = false;
  timer = setTimeout(update, EVERY);
})();
