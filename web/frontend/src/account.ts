import "./page.css";
import "./account/sonic-account";
