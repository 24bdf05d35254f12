import "./page.css";
import "./elements/sonic-player";
