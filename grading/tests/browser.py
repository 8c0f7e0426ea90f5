"""A Chromium without a window, driven by Selenium."""

import json
import shutil
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

from miroir.site.paper import browser as chromium

PATIENCE = 60  # seconds, on a machine that has other things to do


class Browser:
    """One window, and what the tests ask of it."""

    def __init__(self, scripts: bool = True) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = chromium() or ""
        for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--accept-lang=en"):
            options.add_argument(word)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        options.add_experimental_option("prefs", {
            "intl.accept_languages": "en",
            "profile.managed_default_content_settings.javascript": 1 if scripts else 2})
        self.driver = webdriver.Chrome(options=options,
                                       service=Service(shutil.which("chromedriver") or ""))
        self.driver.set_page_load_timeout(PATIENCE)
        self.driver.set_script_timeout(PATIENCE)

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_error: object) -> None:
        self.driver.quit()

    def open(self, address: str) -> None:
        """Shows the page at ADDRESS."""
        self.driver.get(address)

    def run(self, expression: str) -> Any:
        """Returns the value of a JavaScript EXPRESSION."""
        return self.driver.execute_script(f"return {expression}")

    def call(self, function: str, *arguments: Any) -> Any:
        """Returns what a JavaScript FUNCTION gives, which may be asynchronous."""
        return self.driver.execute_script(f"return ({function})(...arguments)", *arguments)

    def wait(self, condition: str) -> None:
        """Waits until CONDITION, in JavaScript, holds."""
        WebDriverWait(self.driver, PATIENCE).until(lambda _driver: self.run(condition), condition)

    def emulate(self, width: int = 1400, dark: bool = False) -> None:
        """Makes the window WIDTH pixels wide, on a system whose colours are DARK or light."""
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})

    def speak(self, languages: str) -> None:
        """Makes LANGUAGES those that the browser's user prefers."""
        self.driver.execute_cdp_cmd("Emulation.setUserAgentOverride", {
            "userAgent": self.run("navigator.userAgent"), "acceptLanguage": languages})

    def forget(self, host: str) -> None:
        """Forgets what the pages of HOST have stored."""
        self.driver.execute_cdp_cmd("Storage.clearDataForOrigin", {
            "origin": host, "storageTypes": "local_storage"})

    def errors(self) -> list[str]:
        """Returns the errors in the console since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if entry["level"] == "SEVERE" and "favicon.ico" not in entry["message"]]

    def requests(self) -> list[str]:
        """Returns the address of everything that was asked for since the last call."""
        events = [json.loads(entry["message"])["message"]
                  for entry in self.driver.get_log("performance")]
        return [event["params"]["request"]["url"] for event in events
                if event["method"] == "Network.requestWillBeSent"]
