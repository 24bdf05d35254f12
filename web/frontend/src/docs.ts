import "./page.css";
import "./docs/sonic-docs";
