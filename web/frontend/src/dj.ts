import "./page.css";
import "./dj/sonic-dj";
