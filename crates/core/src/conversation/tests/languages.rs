//! Dialogues in other languages than English.

use super::check;

#[test]
fn german_french_and_spanish_go_on_by_their_tables() {
    const TURM: (&str, &str) = (
        "Wer baute den Leuchtturm von Orvane?",
        "Der Leuchtturm wurde 1743 von Tilda Marrow gebaut.",
    );
    const ROI: (&str, &str) = (
        "Quand est né Victor Hugo ?",
        "Victor Hugo est né à Besançon en 1802.",
    );
    const CERVANTES: (&str, &str) = (
        "¿Quién escribió Don Quijote?",
        "La novela fue escrita por Miguel de Cervantes.",
    );
    check(&[
        (
            TURM,
            "Wann wurde er gebaut?",
            "Wann wurde den Leuchtturm von Orvane gebaut?",
        ),
        (
            TURM,
            "Wann wurde sie geboren?",
            "Wann wurde Tilda Marrow geboren?",
        ),
        (
            TURM,
            "Und wann?",
            "Wann? Wer baute den Leuchtturm von Orvane?",
        ),
        (
            ("Was ist die Hauptstadt von Frankreich?", "Paris."),
            "Und von Spanien?",
            "Was ist die Hauptstadt von Spanien?",
        ),
        (
            ("Wann wurde Goethe geboren?", "Goethe wurde 1749 geboren."),
            "Wo?",
            "Wo wurde Goethe geboren?",
        ),
        (ROI, "Où ?", "Où est né Victor Hugo ?"),
        (ROI, "Quand est-il mort ?", "Quand est Victor Hugo mort ?"),
        (
            ROI,
            "Quelle était sa profession ?",
            "Quelle était la profession de Victor Hugo ?",
        ),
        (ROI, "Et Balzac ?", "Quand est né Balzac ?"),
        (
            CERVANTES,
            "¿Cuándo nació él?",
            "¿Cuándo nació Miguel de Cervantes?",
        ),
        (CERVANTES, "¿Y Hamlet?", "¿Quién escribió Hamlet?"),
        (
            CERVANTES,
            "¿Cuál es su origen?",
            "¿Cuál es el origen de Don Quijote?",
        ),
    ]);
}

#[test]
fn other_languages_carry_the_names_along() {
    check(&[
        (
            ("Wie schreef Max Havelaar?", "Multatuli."),
            "Wanneer stierf hij?",
            "Wanneer stierf hij (Max Havelaar)?",
        ),
        (
            ("Когда родился Пушкин?", "В 1799 году."),
            "Где он умер?",
            "Где он умер (Пушкин)?",
        ),
        (
            ("谁写了红楼梦？", "曹雪芹。"),
            "他什么时候出生？",
            "他什么时候出生 (谁写了红楼梦)？",
        ),
        (
            ("Quando nasceu Camões?", "Em 1524."),
            "Onde ele morreu?",
            "Onde ele morreu (Camões)?",
        ),
    ]);
}
