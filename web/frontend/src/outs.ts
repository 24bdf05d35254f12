import "./page.css";
import "./outs/sonic-outs";
