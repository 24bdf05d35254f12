import "./page.css";
import "./studio/sonic-studio";
