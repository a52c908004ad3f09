//! Documents and questions in writings that the embedding model cannot read.

use alexandria_library::{SearchMode, SearchRequest};

use crate::support::{BREAD, Fixture, LIGHTHOUSE};

/// A text about a lighthouse and one about bread in each of three writings, beside the same in English.
async fn collection() -> Fixture {
    let fixture = Fixture::new().await;
    for (name, text) in [
        ("pharos.md", LIGHTHOUSE),
        ("bread.md", BREAD),
        ("faros.md", FAROS),
        ("psomi.md", PSOMI),
        ("stambh.md", STAMBH),
        ("roti.md", ROTI),
        ("dengta.md", DENGTA),
        ("mianbao.md", MIANBAO),
    ] {
        fixture.read("notes", name, text).await;
    }
    fixture
}

#[tokio::test]
async fn a_question_in_another_writing_is_searched_by_its_words_and_nothing_is_degraded() {
    let fixture = collection().await;
    for (question, title, words) in [
        (
            "Ποιος έχτισε τον φάρο του Ορβάνε;",
            "Ο φάρος του Ορβάνε",
            "1743",
        ),
        (
            "ओरवाने का प्रकाशस्तंभ किसने बनाया था?",
            "ओरवाने का प्रकाशस्तंभ",
            "1743",
        ),
        ("奥尔瓦内灯塔是谁建造的？", "奥尔瓦内灯塔", "1743"),
    ] {
        let reply = fixture.search(question).await;
        assert_eq!(reply.degraded, [""; 0], "{question}");
        let best = reply.passages.first().expect(question);
        assert_eq!(best.passage.title, title, "{question}");
        for found in &reply.passages {
            let score = found.passage.score;
            assert_eq!(score.semantic, None, "{question}");
            assert!(score.lexical.is_some(), "{question}: {score:?}");
        }

        let answer = fixture.ask(question).await;
        assert_eq!(answer.degraded, [""; 0], "{question}");
        assert!(answer.answered, "{question}: {answer:?}");
        assert!(answer.text.contains(words), "{question}: {}", answer.text);
        assert_eq!(answer.sentences[0].citations[0].title, title, "{question}");
    }
}

#[tokio::test]
async fn whoever_asks_for_vectors_alone_gets_them_in_every_writing() {
    let fixture = collection().await;
    let request = SearchRequest {
        mode: SearchMode::Vectors,
        ..SearchRequest::new("奥尔瓦内灯塔是谁建造的？")
    };
    let reply = fixture.library.search(&fixture.owner, &request).await;
    let reply = reply.unwrap();
    assert!(!reply.passages.is_empty());
    for found in &reply.passages {
        assert!(found.passage.score.semantic.is_some(), "{found:?}");
    }
}

const FAROS: &str = "# Ο φάρος του Ορβάνε\n\nΟ φάρος του Ορβάνε χτίστηκε το 1743 από τη μηχανικό \
    Τίλντα Μάροου. Στέκεται στον βόρειο βράχο και έχει ύψος 41 μέτρα.\n\n## Ο φύλακας\n\nΟ \
    τελευταίος φύλακας έζησε εκεί με έναν γκρίζο παπαγάλο.\n";

const PSOMI: &str = "# Το ψωμί\n\nΤο ψωμί θέλει αλεύρι, νερό, αλάτι και χρόνο. Η ζύμη ξεκουράζεται \
    δώδεκα ώρες σε δροσερό μέρος.\n";

const STAMBH: &str = "# ओरवाने का प्रकाशस्तंभ\n\nओरवाने का प्रकाशस्तंभ 1743 में इंजीनियर टिल्डा मैरो ने \
    बनाया था। यह उत्तरी चट्टान पर खड़ा है और 41 मीटर ऊँचा है।\n\n## रखवाला\n\nअंतिम रखवाला वहाँ एक धूसर तोते \
    के साथ रहता था।\n";

const ROTI: &str = "# रोटी\n\nरोटी के लिए आटा, पानी, नमक और समय चाहिए। आटा बारह घंटे ठंडी जगह में रखा \
    जाता है।\n";

const DENGTA: &str = "# 奥尔瓦内灯塔\n\n奥尔瓦内灯塔由工程师蒂尔达·马洛于1743年建造。它矗立在北面的悬崖上，高四十一米。\
    \n\n## 守塔人\n\n最后一位守塔人和一只灰鹦鹉住在那里。\n";

const MIANBAO: &str = "# 面包\n\n做面包需要面粉、水、盐和时间。面团要在阴凉处放十二个小时。\n";
