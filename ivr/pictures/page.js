'use strict';
// Pan, zoom, search and follow. What is shown is a window on the drawing: the viewBox.
(() => {
  const view = document.getElementById('view');
  const svg = view.querySelector('svg');
  const search = document.getElementById('search');
  const found = document.getElementById('found');
  const whole = svg.viewBox.baseVal;
  const full = { x: 0, y: 0, w: whole.width, h: whole.height };
  const boxes = [...svg.querySelectorAll('.box')];
  const lines = [...svg.querySelectorAll('.e[data-from]')];
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  let at = { ...full };
  let moving = 0;

  svg.removeAttribute('width');
  svg.removeAttribute('height');

  const show = () => svg.setAttribute('viewBox', `${at.x} ${at.y} ${at.w} ${at.h}`);
  const scale = () => {
    const area = svg.getBoundingClientRect();
    return Math.max(at.w / area.width, at.h / area.height) || 1;
  };
  const limited = (factor) => {
    const now = scale();
    return Math.min(Math.max(now * factor, 0.2), 2 * Math.max(full.w, full.h) / 300) / now;
  };

  function zoom(factor, clientX, clientY) {
    const area = svg.getBoundingClientRect();
    const by = limited(factor);
    const s = scale();
    const px = clientX === undefined ? area.width / 2 : clientX - area.left;
    const py = clientY === undefined ? area.height / 2 : clientY - area.top;
    // The drawing is centred in the area, so what is under the pointer is reckoned from the middle.
    const dx = (px - area.width / 2) * s;
    const dy = (py - area.height / 2) * s;
    const cx = at.x + at.w / 2 + dx * (1 - by);
    const cy = at.y + at.h / 2 + dy * (1 - by);
    at = { w: at.w * by, h: at.h * by, x: cx - at.w * by / 2, y: cy - at.h * by / 2 };
    show();
  }

  function pan(px, py) {
    const s = scale();
    at.x = Math.min(Math.max(at.x - px * s, -at.w / 2), full.w - at.w / 2);
    at.y = Math.min(Math.max(at.y - py * s, -at.h / 2), full.h - at.h / 2);
    show();
  }

  function go(to) {
    cancelAnimationFrame(moving);
    if (still.matches) { at = to; show(); return; }
    const from = { ...at };
    const start = performance.now();
    const tick = (now) => {
      const t = Math.min((now - start) / 250, 1);
      const k = t * (2 - t);
      for (const key of ['x', 'y', 'w', 'h']) at[key] = from[key] + (to[key] - from[key]) * k;
      show();
      if (t < 1) moving = requestAnimationFrame(tick);
    };
    moving = requestAnimationFrame(tick);
  }

  function begin() {
    // A narrow screen begins at the top left, large enough to read; a wide one with all of it.
    const area = svg.getBoundingClientRect();
    const whole = Math.max(full.w / area.width, full.h / area.height);
    if (whole < 2.5) { at = { ...full }; show(); return; }
    const s = 1.25;
    at = { x: 0, y: 0, w: area.width * s, h: area.height * s };
    show();
  }

  function centre(box) {
    const area = svg.getBoundingClientRect();
    const place = box.transform.baseVal.consolidate().matrix;
    const root = box.parentNode.transform.baseVal.consolidate().matrix;
    const size = box.querySelector('.b');
    const s = Math.min(scale(), 1);
    const w = area.width * s;
    const h = area.height * s;
    const x = root.e + place.e + size.width.baseVal.value / 2;
    const y = root.f + place.f + size.height.baseVal.value / 2;
    go({ x: x - w / 2, y: y - h / 2, w, h });
  }

  function follow(box) {
    boxes.forEach((other) => other.classList.toggle('here', other === box));
    const id = box && box.id;
    let any = false;
    lines.forEach((line) => {
      const on = Boolean(id) && (line.dataset.from === id || line.dataset.to === id);
      line.classList.toggle('way', on);
      any = any || on;
    });
    svg.classList.toggle('following', any);
  }

  function look() {
    const words = search.value.trim().toLowerCase();
    const bare = words.replace(/[\s-]/g, ''); // a number is found however it is written
    const digits = /^\d{3,}$/.test(bare);
    const holds = (text) => text.includes(words) || (digits && text.replace(/[\s-]/g, '').includes(bare));
    const hits = words ? boxes.filter((box) => holds(box.textContent.toLowerCase())) : [];
    boxes.forEach((box) => box.classList.toggle('hit', hits.includes(box)));
    svg.classList.toggle('searching', Boolean(words));
    found.textContent = words ? found.dataset.text.replace('{n}', hits.length) : '';
    return hits;
  }

  let turn = 0;
  search.addEventListener('input', () => {
    turn = 0;
    const hits = look();
    if (hits.length) centre(hits[0]);
  });
  search.form.addEventListener('submit', (event) => {
    event.preventDefault();
    const hits = look();
    if (hits.length) centre(hits[(turn += 1) % hits.length]);
  });

  const fingers = new Map();
  let dragged = false;
  view.addEventListener('pointerdown', (event) => {
    cancelAnimationFrame(moving);
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    if (fingers.size === 1) dragged = false;
  });
  view.addEventListener('pointermove', (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const after = [event.clientX, event.clientY];
    if (fingers.size === 1) {
      if (!dragged && Math.hypot(after[0] - before[0], after[1] - before[1]) < 4) return;
      dragged = true;
      view.classList.add('drags');
      view.setPointerCapture(event.pointerId);
      pan(after[0] - before[0], after[1] - before[1]);
    } else {
      const other = [...fingers].find(([id]) => id !== event.pointerId)[1];
      const apart = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]) || 1;
      dragged = true;
      zoom(apart(before) / apart(after), (after[0] + other[0]) / 2, (after[1] + other[1]) / 2);
      pan((after[0] - before[0]) / 2, (after[1] - before[1]) / 2);
    }
    fingers.set(event.pointerId, after);
  });
  const lift = (event) => {
    fingers.delete(event.pointerId);
    view.classList.remove('drags');
    if (!fingers.size) setTimeout(() => { dragged = false; }); // after the click that follows
  };
  view.addEventListener('pointerup', lift);
  view.addEventListener('pointercancel', lift);
  view.addEventListener('click', (event) => {
    if (dragged) { event.preventDefault(); return; }
    const link = event.target.closest('a');
    const box = link ? document.getElementById(link.getAttribute('href').slice(1)) : event.target.closest('.box');
    if (link) event.preventDefault();
    follow(box);
    if (link && box) centre(box);
  });
  view.addEventListener('wheel', (event) => {
    event.preventDefault();
    zoom(Math.exp(Math.sign(event.deltaY) * Math.min(Math.abs(event.deltaY), 60) / 300), event.clientX, event.clientY);
  }, { passive: false });

  const keys = {
    '+': () => zoom(0.8), '=': () => zoom(0.8), '-': () => zoom(1.25), '0': () => go({ ...full }),
    ArrowLeft: () => pan(80, 0), ArrowRight: () => pan(-80, 0), ArrowUp: () => pan(0, 80), ArrowDown: () => pan(0, -80),
    '/': () => search.focus(), Escape: () => { search.value = ''; look(); follow(null); view.focus(); },
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === search && event.key !== 'Escape') return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  document.getElementById('in').addEventListener('click', () => zoom(0.8));
  document.getElementById('out').addEventListener('click', () => zoom(1.25));
  document.getElementById('fit').addEventListener('click', () => go({ ...full }));
  let area = null;
  function resized() {
    // What is at the top left stays there, as large as it was.
    const now = svg.getBoundingClientRect();
    if (!now.width || !now.height) return;
    if (area) {
      const s = Math.max(at.w / area.width, at.h / area.height);
      const left = at.x + (at.w - area.width * s) / 2;
      const top = at.y + (at.h - area.height * s) / 2;
      at = { x: left, y: top, w: now.width * s, h: now.height * s };
      show();
    }
    area = now;
  }
  begin();
  resized();
  new ResizeObserver(resized).observe(view);
  addEventListener('beforeprint', () => { at = { ...full }; show(); });
  const named = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named && boxes.includes(named)) { centre(named); follow(named); }
})();
