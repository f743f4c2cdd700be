<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US" sourcelanguage="en_US">
<context>
    <name>Gui::ActivityPage</name>
    <message numerus="yes">
        <source>%n task(s) running</source>
        <translation>
            <numerusform>%n task running</numerusform>
            <numerusform>%n tasks running</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Gui::BuildPage</name>
    <message numerus="yes">
        <source>Context %1, %n file(s)</source>
        <translation>
            <numerusform>Context %1, %n file</numerusform>
            <numerusform>Context %1, %n files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n problem(s)</source>
        <translation>
            <numerusform>%n problem</numerusform>
            <numerusform>%n problems</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n step(s) will run</source>
        <translation>
            <numerusform>%n step will run</numerusform>
            <numerusform>%n steps will run</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n cached</source>
        <comment>steps</comment>
        <translation>
            <numerusform>%n cached</numerusform>
            <numerusform>%n cached</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Gui::ContainersPage</name>
    <message numerus="yes">
        <source>%n running</source>
        <extracomment>the number running, in the next sentence</extracomment>
        <translation>
            <numerusform>%n running</numerusform>
            <numerusform>%n running</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n container(s), %1</source>
        <translation>
            <numerusform>%n container, %1</numerusform>
            <numerusform>%n containers, %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of them still run(s). What they wrote into their own files is lost.</source>
        <translation>
            <numerusform>%n of them still runs. What they wrote into their own files is lost.</numerusform>
            <numerusform>%n of them still run. What they wrote into their own files is lost.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Gui::FindBar</name>
    <message numerus="yes">
        <source>%n place(s)</source>
        <translation>
            <numerusform>%n place</numerusform>
            <numerusform>%n places</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Gui::Format</name>
    <message numerus="yes">
        <source>%n second(s) ago</source>
        <translation>
            <numerusform>%n second ago</numerusform>
            <numerusform>%n seconds ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n minute(s) ago</source>
        <translation>
            <numerusform>%n minute ago</numerusform>
            <numerusform>%n minutes ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hour(s) ago</source>
        <translation>
            <numerusform>%n hour ago</numerusform>
            <numerusform>%n hours ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n day(s) ago</source>
        <translation>
            <numerusform>%n day ago</numerusform>
            <numerusform>%n days ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n week(s) ago</source>
        <translation>
            <numerusform>%n week ago</numerusform>
            <numerusform>%n weeks ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n month(s) ago</source>
        <translation>
            <numerusform>%n month ago</numerusform>
            <numerusform>%n months ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n year(s) ago</source>
        <translation>
            <numerusform>%n year ago</numerusform>
            <numerusform>%n years ago</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Gui::ImageModel</name>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <translation>
            <numerusform>%1 and %n more</numerusform>
            <numerusform>%1 and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n container(s) made from this image</source>
        <translation>
            <numerusform>%n container made from this image</numerusform>
            <numerusform>%n containers made from this image</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Gui::ImagesPage</name>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n image</numerusform>
            <numerusform>%n images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Gui::LogPane</name>
    <message numerus="yes">
        <source>in %n line(s)</source>
        <translation>
            <numerusform>in %n line</numerusform>
            <numerusform>in %n lines</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Gui::MainWindow</name>
    <message numerus="yes">
        <source>%n container(s) removed</source>
        <translation>
            <numerusform>%n container removed</numerusform>
            <numerusform>%n containers removed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Gui::PullMeter</name>
    <message numerus="yes">
        <source>%1 of %n layer(s) complete</source>
        <translation>
            <numerusform>%1 of %n layer complete</numerusform>
            <numerusform>%1 of %n layers complete</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Gui::RailButton</name>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n running</numerusform>
            <numerusform>%n running</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Gui::SettingsPage</name>
    <message numerus="yes">
        <source>%n processor(s), %1 memory</source>
        <translation>
            <numerusform>%n processor, %1 memory</numerusform>
            <numerusform>%n processors, %1 memory</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Gui::TerminalView</name>
    <message numerus="yes">
        <source>Paste %n line(s) into the console?</source>
        <translation>
            <numerusform>Paste %n line into the console?</numerusform>
            <numerusform>Paste %n lines into the console?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StepState</name>
    <message numerus="yes">
        <source>%1 and %n more file(s)</source>
        <extracomment>%1 is a sentence: &quot;package.json changed&quot;</extracomment>
        <translation>
            <numerusform>%1 and %n more file</numerusform>
            <numerusform>%1 and %n more files</numerusform>
        </translation>
    </message>
</context>
</TS>
