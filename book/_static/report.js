/* What a page does besides showing its text: the contents on a phone, and where one is on a page.
   Nothing is lost without it but these. */
"use strict";

const sidebar = document.getElementById("pst-primary-sidebar");
const contents = document.getElementById("pst-primary-sidebar-modal");

/* On a narrow screen the contents open over the page. A dialog keeps the keyboard within it, closes
   by Escape and gives the focus back by itself. */
document.querySelector(".primary-toggle")?.addEventListener("click", () => {
  contents.append(...sidebar.childNodes);
  contents.className = sidebar.className;
  contents.showModal();
});
contents.addEventListener("close", () => {
  sidebar.append(...contents.childNodes);
  contents.className = "";
});
contents.addEventListener("click", (event) => {
  const box = contents.getBoundingClientRect();
  const beside = event.clientX > box.right || event.clientY > box.bottom;
  if (beside || event.target.closest("a")) contents.close();
});

/* Far down a long list of contents, this page's own line is shown. */
const here = sidebar.querySelector("a.current");
if (here && here.offsetTop > sidebar.clientHeight) {
  sidebar.scrollTop = here.offsetTop - sidebar.clientHeight / 2;
}

/* A table wider than the screen can be moved by keyboard too. */
const sized = new ResizeObserver((seen) => {
  for (const { target } of seen) target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
});
for (const each of document.querySelectorAll(".pst-scrollable-table-container")) sized.observe(each);

/* The part that is being read is marked in 'On this page': the one that was asked for while its
   heading is in view, otherwise the last whose heading has come near the top. */
const lines = new Map();
for (const link of document.querySelectorAll("#pst-page-toc-nav a[href^='#']")) {
  const part = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  const heading = part?.querySelector(":scope > :is(h1, h2, h3, h4)");
  if (heading) lines.set(heading, link);
}
const mark = (heading) => {
  for (const [each, link] of lines) {
    link.classList.toggle("active", each === heading);
    if (each === heading) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
};
const asked = () => {
  const heading = [...lines.keys()].find((each) => lines.get(each).hash === location.hash);
  const { top, bottom } = heading?.getBoundingClientRect() ?? { top: -1, bottom: 0 };
  return top >= 0 && bottom <= innerHeight ? heading : undefined;
};
const watcher = new IntersectionObserver(
  (seen) => {
    const heading = asked() ?? seen.filter((each) => each.isIntersecting).pop()?.target;
    if (heading) mark(heading);
  },
  { rootMargin: "0px 0px -70% 0px" },
);
for (const heading of lines.keys()) watcher.observe(heading);
addEventListener("hashchange", () => asked() && mark(asked()));
