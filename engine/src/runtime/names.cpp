// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/names_p.h"

#include <QtCore/QRandomGenerator>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr std::array adjectives = {
    "able",     "agile",   "amber",    "ample",    "ardent",  "artful",   "astute",  "awake",    "bold",     "brave",   "breezy",
    "bright",   "brisk",   "calm",     "candid",   "careful", "cheerful", "clear",   "clever",   "cosy",     "crisp",   "curious",
    "daring",   "deft",    "devoted",  "eager",    "earnest", "easy",     "elegant", "even",     "exact",    "fair",    "faithful",
    "fearless", "festive", "fleet",    "fluent",   "fond",    "frank",    "free",    "fresh",    "friendly", "gentle",  "glad",
    "golden",   "good",    "graceful", "grateful", "handy",   "happy",    "hardy",   "helpful",  "honest",   "hopeful", "humble",
    "jolly",    "jovial",  "keen",     "kind",     "lively",  "logical",  "loyal",   "lucid",    "lucky",    "merry",   "mindful",
    "modest",   "neat",    "nimble",   "noble",    "open",    "orderly",  "patient", "peaceful", "placid",   "plucky",  "polite",
    "prompt",   "proud",   "quick",    "quiet",    "ready",   "serene",   "sincere", "snappy",   "solid",    "spry",    "steady",
    "sturdy",   "sunny",   "swift",    "tender",   "thorough", "tidy",    "trusty",  "upbeat",   "vivid",    "warm",    "wise",
    "witty",    "zealous", "zesty",
};

//! People to whom computing and science owe something.
constexpr std::array surnames = {
    "abel",     "agnesi",  "allen",    "ampere",   "archimedes", "babbage", "bardeen",  "bell",     "bernoulli", "bohr",     "boole",
    "borg",     "brahe",   "carson",   "cauchy",   "cerf",       "chandra", "church",   "clarke",   "copernicus", "cray",    "curie",
    "darwin",   "diffie",  "dijkstra", "dirac",    "easley",     "einstein", "engelbart", "euclid", "euler",     "faraday",  "fermat",
    "fermi",    "feynman", "fourier",  "franklin", "galileo",    "galois",  "gauss",    "germain",  "godel",     "goldberg", "hamilton",
    "hamming",  "hawking", "hellman",  "hertz",    "hilbert",    "hoare",   "hodgkin",  "hopper",   "hubble",    "huygens",  "hypatia",
    "johnson",  "joliot",  "kare",     "kepler",   "kernighan",  "khayyam", "kilby",    "knuth",    "kovalevskaya", "lamarr", "lamport",
    "laplace",  "leavitt", "leibniz",  "liskov",   "lovelace",   "maxwell", "mccarthy", "meitner",  "mendel",    "mirzakhani", "napier",
    "newton",   "nobel",   "noether",  "pascal",   "pasteur",    "payne",   "perlman",  "planck",   "poincare",  "ptolemy",  "raman",
    "ritchie",  "rubin",   "saha",     "shannon",  "somerville", "stallman", "swartz",  "tesla",    "thompson",  "torvalds", "turing",
    "volta",    "wilson",  "wing",     "wozniak",  "wu",
};

bool isNameCharacter(QChar c, bool first)
{
    const char16_t u = c.unicode();
    const bool alphanumeric = (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || (u >= '0' && u <= '9');
    return alphanumeric || (!first && (u == '_' || u == '.' || u == '-'));
}

} // namespace

Result<void> checkContainerName(const QString &name)
{
    bool valid = name.size() >= 2 && isNameCharacter(name.front(), true);
    valid = valid && std::all_of(name.begin(), name.end(), [](QChar c) { return isNameCharacter(c, false); });
    if (valid)
        return {};
    return Failure(Error{.code = ErrorCode::InvalidInput, .object = name,
                         .detail = u"Invalid container name (%1), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"_s.arg(name),
                         .remedy = u"Choose a name of at least two letters, digits, dots, dashes or underscores"_s});
}

QString generateContainerName(int attempt)
{
    QRandomGenerator *random = QRandomGenerator::global();
    const auto pick = [random](const auto &words) { return QLatin1StringView(words[random->bounded(quint32(words.size()))]); };
    const QString name = pick(adjectives) + u'_' + pick(surnames);
    return attempt > 0 ? name + QString::number(random->bounded(10)) : name;
}

} // namespace Engine::Internal
