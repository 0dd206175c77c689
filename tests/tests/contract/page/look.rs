//! How the pages look: in light and dark, on a narrow screen, by keyboard and to a screen reader.
//!
//! `COOPER_SCREENSHOTS=FOLDER` keeps what was drawn, for people to look at (the pictures in `controller/` come from there).

use std::path::PathBuf;

use tests::browser::Browser;

use super::super::team::{Failure, Outcome};
use super::{browser, is_sound, stage, troubled};

fn keep(name: &str, picture: &[u8]) -> Outcome {
    if let Some(folder) = std::env::var_os("COOPER_SCREENSHOTS").map(PathBuf::from) {
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(format!("{name}.png")), picture)?;
    }
    Ok(())
}

fn background(browser: &mut Browser) -> Result<String, Failure> {
    let colour = browser.evaluate("getComputedStyle(document.body).backgroundColor")?;
    Ok(colour.as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn every_page_fits_any_screen_in_light_and_dark() -> Outcome {
    let team = troubled("look").await?;
    let address = &stage().await.address;
    let list = format!("/buckets?namespace={}", team.namespace);
    let one = format!("/buckets/{}/warned", team.namespace);
    let pages = [("fleet", "/"), ("buckets", &list), ("bucket", &one), ("waiting", "/waiting"), ("notice", "/nothing")];
    let mut browser = browser()?;
    for (name, path) in pages {
        let mut seen = Vec::new();
        for (width, scheme) in [(1280, "light"), (1280, "dark"), (400, "light"), (320, "dark")] {
            browser.window(width, 900, scheme)?;
            browser.goto(&format!("{address}{path}"))?;
            let wide = browser.evaluate("document.documentElement.scrollWidth")?.as_u64().unwrap_or_default();
            assert!(wide <= u64::from(width), "{path} is {wide} wide on {width}");
            let picture = browser.screenshot()?;
            assert!(picture.starts_with(b"\x89PNG") && picture.len() > 4000, "{path} is drawn");
            keep(&format!("{name}-{width}-{scheme}"), &picture)?;
            seen.push(background(&mut browser)?);
        }
        assert!(seen[0] != seen[1] && seen[0] == seen[2] && seen[1] == seen[3], "{path}: {seen:?}");
    }
    Ok(())
}

#[tokio::test]
async fn pages_can_be_read_and_used_without_seeing_and_without_a_mouse() -> Outcome {
    let team = troubled("ears").await?;
    let address = &stage().await.address;
    let mut browser = browser()?;
    for path in ["/".to_owned(), "/buckets".to_owned(), format!("/buckets/{}/warned", team.namespace), "/waiting".to_owned()] {
        browser.goto(&format!("{address}{path}"))?;
        is_sound(&browser, address);
        let told = browser.accessible()?;
        let number = |role: &str| told.iter().filter(|(known, _)| known == role).count();
        for landmark in ["banner", "main", "contentinfo"] {
            assert_eq!(number(landmark), 1, "{path}: {landmark} in {told:?}");
        }
        assert!(number("navigation") >= 1 && told.iter().filter(|(role, _)| role == "heading").count() >= 1, "{path}");
        for (role, name) in &told {
            let is_used =
                ["link", "button", "textbox", "combobox", "navigation", "region", "columnheader", "rowheader"].contains(&role.as_str());
            assert!(!is_used || !name.is_empty(), "{path}: a {role} without a name in {told:?}");
        }
        assert_eq!(browser.evaluate("document.documentElement.lang")?, "en");
    }
    assert_eq!(browser.evaluate("document.querySelectorAll('script').length")?, 0);
    browser.press("Tab")?;
    assert_eq!(browser.evaluate("document.activeElement.className")?, "skip", "the first stop leads to the content");
    assert_eq!(browser.evaluate("document.activeElement.getBoundingClientRect().left >= 0")?, true, "and shows");
    browser.press("Tab")?;
    let outline = browser.evaluate("getComputedStyle(document.activeElement).outlineStyle")?;
    assert_eq!((browser.evaluate("document.activeElement.innerText")?, outline), ("Fleet".into(), "solid".into()));
    Ok(())
}
