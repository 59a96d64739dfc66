// What the console needs in the browser beside NiceGUI: the time zone, drafts, and a transcript that stays at its end.
document.cookie = "quayside_zone=" + Intl.DateTimeFormat().resolvedOptions().timeZone +
  "; path=/; max-age=31536000; samesite=lax";

window.quayside = (() => {
  "use strict";
  const NEAR_END = 80; // pixels: nearer than this, the reader is at the end and wants to stay there

  const atEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;

  function followEnd(box) {
    let following = true;
    box.addEventListener("scroll", () => { following = atEnd(box); }, { passive: true });
    const follow = () => { if (following) box.scrollTop = box.scrollHeight; };
    new MutationObserver(follow).observe(box, { childList: true, subtree: true });
    new ResizeObserver(follow).observe(box);
    follow();
  }

  const draftKey = (conversation) => "draft:" + conversation;

  // A draft survives a reload of the page in this tab, and is gone once it is sent.
  function keepDraft(box) {
    const key = draftKey(box.dataset.draft);
    box.addEventListener("input", () => sessionStorage.setItem(key, box.value));
    whenUsable(box, () => {
      const saved = sessionStorage.getItem(key);
      if (saved && !box.value) write(box, saved);
    });
  }

  function write(box, text) {
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // What is written into a box that is not enabled the server does not hear; one that is not shown cannot grow.
  function whenUsable(box, act) {
    const look = () => {
      if (box.disabled || !box.offsetParent) return;
      enabled.disconnect();
      shown.disconnect();
      act();
    };
    const enabled = new MutationObserver(look), shown = new ResizeObserver(look);
    enabled.observe(box, { attributes: true, attributeFilter: ["disabled"] });
    shown.observe(box);
  }

  // The list that one came from, with its filters: the arrow of a case leads back to it.
  const LISTS = ["/cases", "/conversations"];
  function keepList() {
    if (LISTS.includes(location.pathname)) sessionStorage.setItem("list:" + location.pathname, location.search);
  }
  document.addEventListener("click", keepList, true);
  window.addEventListener("pagehide", keepList);

  // A list is drawn anew when anything in it changes: who went through it with the keyboard stays where they were.
  const ROW = "a.case-row, a.conversation-row";
  let row = null;
  document.addEventListener("focusin", (event) => {
    row = event.target.closest(ROW)?.getAttribute("href") ?? null;
  });
  document.addEventListener("pointerdown", () => { row = null; }, true);
  function keepFocus() {
    if (row === null || document.activeElement !== document.body) return;
    const same = [...document.querySelectorAll(ROW)].find((link) => link.getAttribute("href") === row);
    same?.focus({ preventScroll: true });
  }

  function adopt() {
    keepFocus();
    document.querySelectorAll("a.back:not([data-adopted])").forEach((back) => {
      back.dataset.adopted = "";
      back.search = sessionStorage.getItem("list:" + back.pathname) || "";
    });
    document.querySelectorAll(".transcript:not([data-adopted])").forEach((box) => {
      box.dataset.adopted = "";
      followEnd(box);
    });
    document.querySelectorAll("textarea[data-draft]:not([data-adopted])").forEach((box) => {
      box.dataset.adopted = "";
      keepDraft(box);
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver(adopt).observe(document.body, { childList: true, subtree: true });
    adopt();
  });

  // When the connection is lost: is it the network, or is nobody logged in any more? The first mends itself.
  async function askSession() {
    try {
      const answer = await fetch("/session", { cache: "no-store" });
      if (answer.status === 401) location.href = "/login?next=" + encodeURIComponent(location.pathname);
    } catch { /* the network: NiceGUI tries again */ }
  }

  function watchConnection() {
    const socket = window.socket;
    if (!socket) return void setTimeout(watchConnection, 200);
    socket.on("disconnect", askSession);
    socket.on("connect_error", askSession);
  }

  if (!document.querySelector(".login-page")) window.addEventListener("load", watchConnection);

  return {
    // Emptied here too: a box that the server believes to be empty it would leave as it is.
    sent(conversation) {
      document.querySelectorAll("textarea[data-draft]").forEach((box) => {
        if (box.dataset.draft === conversation && box.value) write(box, "");
      });
      sessionStorage.removeItem(draftKey(conversation));
    },
    // On a phone, conversation and details share one place.
    tab(name) { document.querySelector(".work")?.setAttribute("data-tab", name); },
  };
})();
