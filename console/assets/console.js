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

  // A draft survives a reload of the page in this tab, and is gone once it is sent.
  function keepDraft(box) {
    const key = "draft:" + box.dataset.draft;
    const saved = sessionStorage.getItem(key);
    if (saved && !box.value) {
      box.value = saved;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    box.addEventListener("input", () => sessionStorage.setItem(key, box.value));
    // Set from the server (emptied after sending), no event comes: look at the value itself.
    setInterval(() => { if (!box.value) sessionStorage.removeItem(key); }, 1000);
  }

  function adopt() {
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

  return {
    // On a phone, conversation and details share one place.
    tab(name) { document.querySelector(".work")?.setAttribute("data-tab", name); },
  };
})();
