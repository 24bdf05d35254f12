"""How the listening page looks, and what happens when it is touched: one style sheet and one script, both inside the page."""

from typing import Final

STYLE: Final = """
:root{color-scheme:dark;font:15px/1.5 system-ui,sans-serif;background:#0b0d16;color:#e8e9f0;scroll-padding-top:1rem}
body{max-width:60rem;margin:0 auto;padding:1.5rem}h1{font-size:1.5rem;margin:0}header p,footer p{color:#a6a9bd;margin:.3rem 0}
kbd{border:1px solid #3a3f5c;border-radius:4px;padding:0 .35em;font:inherit;font-size:.85em;color:#e8e9f0}
nav{display:flex;flex-wrap:wrap;gap:.4rem;margin:1rem 0}
nav a{color:#e8e9f0;background:#1d2135;border-radius:99px;padding:.2rem .8rem;text-decoration:none}
nav a:hover,nav a:focus-visible{background:#fa8c46;color:#0b0d16}.waiting{color:#fac08c}
article{background:#141726;border-radius:10px;padding:1rem;margin:1rem 0}article.on{outline:2px solid #fa8c46}
h2{display:flex;align-items:center;gap:.7rem;font-size:1.05rem;margin:0 0 .7rem}h2 span{flex:1}
h2 em{color:#a6a9bd;font-style:normal;font-weight:400;font-size:.85rem}
small{color:#a6a9bd;font-weight:400}
button{width:2.4rem;height:2.4rem;flex:none;border:0;border-radius:50%;background:#fa8c46;color:#0b0d16;font-size:1rem;cursor:pointer}
.seek{position:relative;cursor:pointer}.wave{position:relative;padding-top:1.1rem}
.wave span{position:absolute;top:0;font-size:.7rem;color:#c9cbe0;padding-left:.25rem}
.seek svg,.seek img{display:block;width:100%;height:80px}.seek img{height:128px;border-radius:4px}
.seek i{position:absolute;top:1.1rem;bottom:0;left:0;width:2px;background:#fff;opacity:.85;pointer-events:none}
polygon{fill:#7c83ff}line{stroke:#fff;stroke-opacity:.3;vector-effect:non-scaling-stroke}audio{width:100%;margin:.6rem 0}
.refused{color:#ff7a7a;margin:.2rem 0}
ul{display:flex;flex-wrap:wrap;gap:.2rem 1.4rem;list-style:none;padding:0;margin:0 0 .5rem;color:#a6a9bd}ul b{color:#e8e9f0}
summary{cursor:pointer;color:#a6a9bd}.score{color:#e8e9f0}
.figures{display:grid;grid-template-columns:14rem 1fr;gap:1.5rem;margin-top:.7rem}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:.3rem 1rem;margin:0;align-content:start}
.parts{grid-template-columns:1fr}.parts div{display:flex;justify-content:space-between}
dt{color:#a6a9bd;font-size:.8rem}dd{margin:0;overflow-wrap:anywhere}meter{width:7rem}footer h2{margin-top:2rem}
@media(max-width:40rem){body{padding:.8rem}.figures{grid-template-columns:1fr}h2 em{display:none}}
"""
SCRIPT: Final = """
const takes=[...document.querySelectorAll("article")].map(card=>({
  card,audio:card.querySelector("audio"),seek:card.querySelector(".seek"),button:card.querySelector("button")}));
const ready=(audio,act)=>audio.readyState?act():(audio.addEventListener("loadedmetadata",act,{once:true}),audio.load());
let current=null;
const place=take=>take?take.audio.currentTime/(take.audio.duration||1):0;
const playFrom=(take,share)=>ready(take.audio,()=>{take.audio.currentTime=share*take.audio.duration;take.audio.play();});
const turn=take=>take.audio.paused?take.audio.play():take.audio.pause();
const show=take=>{take.button.textContent=take.audio.paused?"\\u25b6":"\\u23f8";};
for(const take of takes){
  take.button.addEventListener("click",()=>turn(take));
  take.seek.addEventListener("click",event=>{
    const box=take.seek.getBoundingClientRect();playFrom(take,(event.clientX-box.left)/box.width);});
  take.audio.addEventListener("play",()=>{
    for(const other of takes)if(other!==take)other.audio.pause();
    current=take;for(const one of takes)one.card.classList.toggle("on",one===take);show(take);});
  take.audio.addEventListener("pause",()=>show(take));
  take.audio.addEventListener("timeupdate",()=>{take.seek.querySelector("i").style.left=100*place(take)+"%";});
  take.audio.addEventListener("ended",()=>{const next=takes[takes.indexOf(take)+1];if(next)playFrom(next,0);});
}
addEventListener("keydown",event=>{
  if(event.ctrlKey||event.metaKey||event.altKey||["AUDIO","BUTTON","SUMMARY"].includes(event.target.tagName))return;
  const digit=takes[Number(event.key)-1];
  const step={ArrowUp:-1,ArrowDown:1}[event.key],jump={ArrowLeft:-10,ArrowRight:10}[event.key];
  if(digit)playFrom(digit,place(current));
  else if(event.key===" "&&takes.length)turn(current||takes[0]);
  else if(step&&current){const other=takes[takes.indexOf(current)+step];
    if(other){playFrom(other,place(current));other.card.scrollIntoView({block:"nearest"});}}
  else if(jump&&current)current.audio.currentTime+=jump;
  else return;
  event.preventDefault();
});
if(Number(document.body.dataset.missing))setTimeout(function again(){current?setTimeout(again,4000):location.reload();},4000);
"""
